import { type Log, nameOf } from '../lambda/observability.ts';
import type { OrderAttributes } from '../queues/codec.ts';
import type { OrdersQueue } from '../queues/queues.ts';
import { Problem } from './http.ts';

/** Resolves once SQS has it, and no sooner: only then may anybody be told 202. @throws {Problem} 503 */
export async function handOver(
  body: object,
  attributes: OrderAttributes,
  { queue, log }: { queue: Pick<OrdersQueue, 'send'>; log: Log },
): Promise<void> {
  await queue.send(JSON.stringify(body), attributes).catch((error) => {
    log.error('SQS has not acknowledged the order', { error_name: nameOf(error) });
    throw new Problem(
      'temporarily_unavailable',
      {
        detail:
          'Whether the order was accepted is not known. Send it again, with the same external_id: a repeat makes no second order.',
        headers: { 'retry-after': '5' },
      },
      { cause: error },
    );
  });
}
