import { isFurther, type OrderStatus } from '../../lib/order/order-status.ts';
import type { CrmOrder } from './crm.ts';
import type { ApiAnswer } from './functions.ts';
import type { CallerName, Content } from './story.ts';
import type { World } from './world.ts';

/** Looks at what a caller was answered to its POST: it has to be so, and of what this caller has sent. */
export function hearAnswer(
  world: World,
  { caller, number, content }: { caller: CallerName; number: string; content: Content },
  { status, body }: ApiAnswer,
): void {
  const { crm, journal } = world;
  const { state, crm_order_id } = body;
  journal.hears(caller, number, state);
  if (state === 'synced') {
    const order = crm.byId(crm_order_id);
    if (order?.isOurs && order.number === number && order.content === content) return;
    if (wasAssumed(world, number)) return;
    journal.breaks(
      'contradicted',
      `the ${caller} posted ${number} ${content} and was told that it is ${crm_order_id}, ${crm.about(crm_order_id)}`,
    );
  } else if (status === 200) {
    journal.breaks('contradicted', `the ${caller} was answered 200 for ${number}, which is ${state}`);
  }
}

/** Looks at what a caller sees when it asks: no GET contradicts the CRM. */
export function hearView(
  world: World,
  { caller, number }: { caller: CallerName; number: string },
  { body: { state, crm_order_id } }: ApiAnswer,
): void {
  const { crm, journal } = world;
  if (state !== 'synced' || wasAssumed(world, number)) return;
  const order = crm.byId(crm_order_id);
  if (order?.isOurs && order.number === number && journal.hasSent(caller, number, order.content)) return;
  journal.breaks(
    'contradicted',
    `the ${caller} asked for ${number} and was told that it is ${crm_order_id}, ${crm.about(crm_order_id)}`,
  );
}

/** The same of its status and its payments: the CRM has it as far, and has what was booked. */
export function hearFollowing(
  world: World,
  { caller, number }: { caller: CallerName; number: string },
  { body: { state, status, payments = [] } }: ApiAnswer,
): void {
  const { crm, journal } = world;
  const [order, ...others] = crm.ours(number);
  // Which of several is meant is another law's matter.
  if (state !== 'synced' || order === undefined || others.length > 0 || wasAssumed(world, number)) return;
  if (isBehind(order, status?.in_crm ?? undefined)) {
    journal.breaks(
      'contradicted',
      `the ${caller} was told that ${number} is ${status.in_crm} in the CRM, which has it as ${order.status}`,
    );
  }
  for (const payment of payments) {
    if (payment.state === 'booked' && !order.payments.includes(payment.amount)) {
      journal.breaks('contradicted', `the ${caller} was told that ${payment.amount} of ${number} is booked`);
    }
  }
}

/** Not as far in the CRM as that, unless a person has put it where only the shop knows how far it is. */
export const isBehind = ({ status }: CrmOrder, wanted: OrderStatus | undefined): boolean =>
  wanted !== undefined && status !== 'own' && isFurther(wanted, status);

/** The CRM gave nothing to compare, so that the relay had to guess, and says so in the order's history. */
export const wasAssumed = ({ ledger, shape }: World, number: string | undefined): boolean =>
  shape.crm.rows === 'ids' && JSON.stringify(ledger.get(number ?? '') ?? '').includes('"assumed"');
