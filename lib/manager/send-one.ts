import type { LetterCount } from '../dead-letters/count-letters.ts';
import type { DeadLetterQueue } from '../dead-letters/dead-letter-queue.ts';
import { planFor } from '../dead-letters/resend-plan.ts';
import { sendBack } from '../dead-letters/send-back.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Order } from '../order/order.ts';
import type { OrdersQueue } from '../queues/queues.ts';
import { type Changes, draftOf, type Field, patchOf } from './draft.ts';
import { type NotFound, withLettersOf } from './letter-of.ts';
import { maskedText } from './masked.ts';

export interface SendOneDeps {
  deadLetters: DeadLetterQueue;
  countLetters: () => Promise<LetterCount>;
  queue: Pick<OrdersQueue, 'send'>;
  ledger: Pick<Ledger, 'get'>;
  remainingMs: () => number;
  now?: () => number;
}

/** Why an order is not sent, or that it was. The page has the words. */
export type Verdict =
  | { verdict: 'sent' }
  /** What would be sent, to be looked at first: personal values masked, but those that were just typed. */
  | { verdict: 'would_send'; order: Order }
  | { verdict: 'already_in_crm' | 'on_its_way' | 'moved_on' }
  /** `detail` in English, as the command line says it. */
  | { verdict: 'refused'; detail: string }
  | { verdict: NotFound };

/** The fields of an order that waits, to be corrected; or why there are none. */
export type Draft = { verdict: 'draft'; fields: Field[] } | { verdict: NotFound };

/** What a person may correct of an order that waits. */
export function draftFor(externalId: string, wanted: ReadonlySet<string>, deps: SendOneDeps): Promise<Draft> {
  return withLettersOf(externalId, deps, async (found) =>
    found.found
      ? { verdict: 'draft', fields: draftOf(found.letters[0].body, wanted) }
      : { verdict: found.why },
  );
}

/**
 * Sends one order on, as it is or corrected; one, and never more. The consumer looks it up in the CRM first.
 *
 * @param isTrial only say what would be sent
 */
export function sendOne(
  externalId: string,
  { changes, isTrial }: { changes: Changes; isTrial: boolean },
  deps: SendOneDeps,
): Promise<Verdict> {
  return withLettersOf(externalId, deps, async (found): Promise<Verdict> => {
    if (!found.found) return { verdict: found.why };
    const { letters } = found;
    const [letter] = letters;
    const record = await deps.ledger.get(externalId);
    const patch = Object.keys(changes).length === 0 ? undefined : patchOf(letter.body, changes);
    const step = planFor(letter, record, patch, (deps.now ?? Date.now)());
    switch (step.action) {
      case 'remove':
        return { verdict: 'already_in_crm' };
      case 'skip':
        return { verdict: 'on_its_way' };
      case 'refuse':
        return { verdict: 'refused', detail: step.why };
      case 'send': {
        if (step.order === undefined)
          return { verdict: 'refused', detail: 'only its status waits here: npm run orders -- redrive' };
        if (isTrial) return { verdict: 'would_send', order: masked(step.order, changes) };
        // Looked at again: what was corrected or sent meanwhile must not be undone.
        const latest = await deps.ledger.get(externalId);
        if (latest?.version !== record?.version) return { verdict: 'moved_on' };
        // Not one more: a person has seen to the cause.
        await sendBack(letter, latest, { body: step.body, redriven: 1 }, deps.queue);
        // A letter that cannot be deleted is removed by itself later, as a copy.
        await deps.deadLetters.delete(letters);
        return { verdict: 'sent' };
      }
    }
  });
}

function masked(order: Order, changes: Changes): Order {
  const show = (pointer: string, value: string) => (pointer in changes ? value : maskedText(value));
  const { customer, delivery } = order;
  return {
    ...order,
    customer: {
      name: show('#/customer/name', customer.name),
      phone: show('#/customer/phone', customer.phone),
      ...(customer.email === undefined ? {} : { email: show('#/customer/email', customer.email) }),
    },
    delivery: {
      method: delivery.method,
      city: show('#/delivery/city', delivery.city),
      address: show('#/delivery/address', delivery.address),
    },
  };
}
