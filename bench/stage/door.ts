import type { SQSRecord } from 'aws-lambda';
import { apiEvent } from '../../local/api-event.ts';
import { invokeHandler } from '../../local/invoke.ts';
import { order } from '../shop.ts';
import { asRecord, newIds } from './batch.ts';
import type { ServicesApart } from './services-apart.ts';

/** So many new orders through `acceptOrder`, as fast as it goes. */
export async function postOrders(count: number): Promise<void> {
  const accept = invokeHandler((await import('../../functions/accept-order.ts')).handler);
  for (const id of newIds(count)) {
    const answer = await accept(apiEvent('POST', '/orders', order(id)));
    if (answer.outcome === 'failed') throw new Error(answer.error);
  }
}

/** {@link postOrders}, and as `syncOrders` is then handed them. */
export async function throughDoor(services: ServicesApart, count: number): Promise<SQSRecord[]> {
  await services.setDelays({ awsMs: 0, crmMs: 0 });
  await postOrders(count);
  return (await services.takeOrders()).map(asRecord);
}
