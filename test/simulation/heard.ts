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

/** The CRM gave nothing to compare, so that the relay had to guess, and says so in the order's history. */
export const wasAssumed = ({ ledger, shape }: World, number: string | undefined): boolean =>
  shape.crm.rows === 'ids' && JSON.stringify(ledger.get(number ?? '') ?? '').includes('"assumed"');
