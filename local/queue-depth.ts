import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';

export interface QueueDepth {
  /** To be had now. */
  visible: number;
  /** In flight: in somebody's hands, or given back and not visible yet. */
  inFlight: number;
  /** Sent with a delay that is not over. */
  delayed: number;
}

const count = z.coerce.number();
const attributes = z.object({
  ApproximateNumberOfMessages: count,
  ApproximateNumberOfMessagesNotVisible: count,
  ApproximateNumberOfMessagesDelayed: count,
});

/** How many messages a queue has. Of one in this process that is exact. */
export async function depthOf(sqs: Pick<SQSClient, 'send'>, QueueUrl: string): Promise<QueueDepth> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: attributes.keyof().options }),
  );
  const depth = attributes.parse(Attributes);
  return {
    visible: depth.ApproximateNumberOfMessages,
    inFlight: depth.ApproximateNumberOfMessagesNotVisible,
    delayed: depth.ApproximateNumberOfMessagesDelayed,
  };
}

export const sizeOf = async (sqs: Pick<SQSClient, 'send'>, queueUrl: string): Promise<number> => {
  const { visible, inFlight, delayed } = await depthOf(sqs, queueUrl);
  return visible + inFlight + delayed;
};
