import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { eventId } from '../../lib/ledger/outcome.ts';
import { outcomesQueue } from '../../lib/queues/queues.ts';
import { apiEvent } from '../../local/api-event.ts';
import { recordSchema } from '../../local/sqs-record.ts';
import { order } from '../shop.ts';
import type { Stage } from './stage.ts';

const toRecord = recordSchema({
  queueArn: 'arn:aws:sqs:eu-central-1:000000000000:queue',
  region: 'eu-central-1',
});

/** An event as each function gets it most, with an order of its own each time. */
export function eventsOn({ stack, environment }: Stage): (functionName: string) => Promise<object> {
  let count = 0;
  const queueOf = (variable: string) => environment[variable] ?? '';

  /** As the event source mapping would hand it on: the function can ask the queue for its handle. */
  async function received(QueueUrl: string): Promise<SQSEvent> {
    const { Messages = [] } = await stack.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return { Records: Messages.map((message) => toRecord.parse(message)) };
  }

  /** What other functions have left there would be received first. */
  async function emptied(queueUrl: string): Promise<string> {
    while ((await received(queueUrl)).Records.length > 0);
    return queueUrl;
  }

  const makers: Readonly<Record<string, (id: string) => Promise<object>>> = {
    acceptOrder: async (id) => apiEvent('POST', '/orders', order(id)),
    getOrder: async (id) => apiEvent('GET', `/orders/${id}`, undefined, { external_id: id }),
    managerPage: async () =>
      apiEvent('GET', '/manager/api/overview', undefined, undefined, { authorization: 'Bearer manager' }),
    async syncOrders(id) {
      const QueueUrl = await emptied(queueOf('ORDERS_QUEUE_URL'));
      await stack.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(order(id)) }));
      return received(QueueUrl);
    },
    async notifySubmitter(id) {
      const QueueUrl = await emptied(queueOf('OUTCOMES_QUEUE_URL'));
      await outcomesQueue(stack.sqs, QueueUrl).send({
        id: eventId(id, 'demo'),
        type: 'synced',
        at: new Date().toISOString(),
        external_id: id,
        submitted_by: 'demo',
        attempts: 1,
        crm_order_id: '1',
      });
      return received(QueueUrl);
    },
    proveDay: async () => ({ day: '2026-01-31' }),
  };

  return async (functionName) => {
    count += 1;
    return (await makers[functionName]?.(`bench-${count}`)) ?? {};
  };
}
