import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type Answer, here, Refused, type Services } from './container.ts';
import type { SimulatedQueue } from './queue.ts';

/** One client for the code of all containers: each of them has the queues of its own world. */
export const simulatedSqs = Object.assign(new SQSClient({ region: 'local' }), {
  send: (command: object): Promise<object> => {
    const container = here();
    const { world } = container;
    return container.call(labelOf(command), (): Answer<object> => {
      switch (world.faults.active('sqs')) {
        case 'down':
          return { error: new Refused('ServiceUnavailable') };
        case 'lose':
          serve(world, command);
          world.seen('SQS did what it was asked, and the answer was lost');
          return { error: new Refused('TimeoutError') };
        case 'repeat':
          // The SDK asks again by itself when an answer is lost.
          serve(world, command);
          world.seen('the SDK repeated a call of SQS whose answer was lost');
          return { value: serve(world, command) };
        default:
          return { value: serve(world, command) };
      }
    });
  },
});

function labelOf(command: object): string {
  const name = command.constructor.name.replace('Command', '');
  const { QueueUrl = '' } = 'input' in command ? (command.input as { QueueUrl?: string }) : {};
  return `${name} ${QueueUrl}`;
}

function serve(world: Services, command: object): object {
  const queueOf = (url: string | undefined): SimulatedQueue => {
    switch (url) {
      case 'orders':
        return world.queues.orders;
      case 'dead-letters':
        return world.queues.deadLetters;
      case 'outcomes':
        return world.queues.outcomes;
      default:
        throw new Error(`No such queue: ${url}`);
    }
  };
  if (command instanceof SendMessageCommand) {
    const { QueueUrl, MessageBody = '', MessageAttributes, DelaySeconds = 0 } = command.input;
    const queue = queueOf(QueueUrl);
    const id = queue.send(MessageBody, MessageAttributes, DelaySeconds * 1000);
    world.note(here().name, `SendMessage ${queue.name}: ${id} ${briefly(MessageBody, MessageAttributes)}`);
    return { MessageId: id };
  }
  if (command instanceof ReceiveMessageCommand) {
    const { QueueUrl, MaxNumberOfMessages = 1, VisibilityTimeout } = command.input;
    const visibilityMs = VisibilityTimeout === undefined ? undefined : VisibilityTimeout * 1000;
    const received = queueOf(QueueUrl).receive(MaxNumberOfMessages, visibilityMs);
    return {
      Messages: received.map((message) => ({
        MessageId: message.id,
        ReceiptHandle: message.handle,
        Body: message.body,
        MessageAttributes: message.attributes,
        Attributes: {
          SentTimestamp: String(message.sentTimestamp),
          ApproximateReceiveCount: String(message.receives),
        },
      })),
    };
  }
  if (command instanceof DeleteMessageCommand) {
    const { QueueUrl, ReceiptHandle = '' } = command.input;
    world.note(here().name, `DeleteMessage ${QueueUrl} ${ReceiptHandle}`);
    queueOf(QueueUrl).delete(ReceiptHandle);
    return {};
  }
  if (command instanceof DeleteMessageBatchCommand) {
    const { QueueUrl, Entries = [] } = command.input;
    return inBatch(world, Entries, ({ ReceiptHandle = '' }) => {
      world.note(here().name, `DeleteMessage ${QueueUrl} ${ReceiptHandle}`);
      queueOf(QueueUrl).delete(ReceiptHandle);
      return true;
    });
  }
  if (command instanceof ChangeMessageVisibilityCommand) {
    const { QueueUrl, ReceiptHandle = '', VisibilityTimeout = 0 } = command.input;
    if (!queueOf(QueueUrl).changeVisibility(ReceiptHandle, VisibilityTimeout))
      throw new Refused('MessageNotInflight');
    return {};
  }
  if (command instanceof ChangeMessageVisibilityBatchCommand) {
    const { QueueUrl, Entries = [] } = command.input;
    return inBatch(world, Entries, ({ ReceiptHandle = '', VisibilityTimeout = 0 }) =>
      queueOf(QueueUrl).changeVisibility(ReceiptHandle, VisibilityTimeout),
    );
  }
  throw new Error(`The simulated SQS does not know ${command.constructor.name}`);
}

/** The batch calls half-fail with HTTP 200. */
function inBatch<T extends { Id: string | undefined }>(
  world: Services,
  entries: readonly T[],
  does: (entry: T) => boolean,
): object {
  const Failed = entries.filter(
    (entry) => world.faults.active('queue', 'half') !== undefined || !does(entry),
  );
  return { Failed: Failed.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })) };
}

function briefly(body: string, attributes: Record<string, MessageAttributeValue> = {}): string {
  const about = /"external_id":"([^"]*)"/.exec(body)?.[1];
  const content = /"sku":"([^"]*)"/.exec(body)?.[1];
  const why = Object.entries(attributes)
    .filter(([name]) => ['error_type', 'reasons', 'redriven', 'submitted_by'].includes(name))
    .map(([name, { StringValue }]) => `${name}=${StringValue}`);
  const type = /"type":"([^"]*)"/.exec(body)?.[1];
  return [about, content, ...(content === undefined && type !== undefined ? [type] : []), ...why].join(' ');
}
