import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

export interface LetterCount {
  /** To be had. */
  visible: number;
  /** In somebody's hands: not to be had just now, but there all the same. */
  elsewhere: number;
}

/** How many letters the dead-letter queue has. SQS counts roughly. */
export async function countLetters(sqs: Pick<SQSClient, 'send'>, queueUrl: string): Promise<LetterCount> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    visible: Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0),
    elsewhere: Number(Attributes?.['ApproximateNumberOfMessagesNotVisible'] ?? 0),
  };
}
