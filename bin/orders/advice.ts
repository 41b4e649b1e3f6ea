import { MAX_RETURNS, type Verdict } from '../../lib/dead-letters/verdict.ts';
import type { FailureType } from '../../lib/explanations/failure.ts';
import type { OrderState } from '../../lib/ledger/states.ts';

const BY_ITSELF = 'Nothing: it is sent back by itself once Sitniks takes orders again.';

/** What whoever has these commands can do about a letter. What is the matter with its order, the explanations say. */
const ADVICE: Record<FailureType, string> = {
  CONNECTION: BY_ITSELF,
  RATE_LIMIT: BY_ITSELF,
  AUTHENTICATION:
    'Put a valid key into the secret (orders doctor says which); the order is then sent back by itself.',
  CONFIGURATION: 'Run orders doctor, and mend what it names; the order is then sent back by itself.',
  VALIDATION:
    'Mend it: orders redrive <external_id> --patch mend.json. Or have it sent anew, corrected, under the same number.',
  MALFORMED:
    'Mend it: orders redrive <external_id> --patch mend.json. Or have it sent anew, whole, by whoever sent it.',
  CONFLICT:
    'Compare it with what Sitniks has under this number. A new order: send it under a number of its own (orders submit). A change: make it in Sitniks.',
  UNPROVEN:
    "Look for the customer's order in Sitniks. There: orders settle <external_id> --there-as <its number there>. Not there: orders settle <external_id> --create. Never send it under another number: that could make a second one.",
  NO_REASON: `${BY_ITSELF} Should it come back here: look for its number in the log of syncOrders.`,
  UNKNOWN: 'Update the command, and ask again.',
};

/** What to do about a letter, given what will become of it by itself. */
export function todoFor(reason: FailureType, verdict: Verdict, redriven: number): string {
  switch (verdict) {
    case 'copy':
      return 'Nothing: the order is in Sitniks, and this copy is removed by itself.';
    case 'on_its_way':
      return 'Nothing yet: the order is being worked on, or was until just now. Ask again in a few minutes.';
    case 'may_return':
      return ADVICE[reason];
    case 'for_a_person':
      return redriven >= MAX_RETURNS
        ? `It was sent back ${redriven} times in vain. Run orders doctor; when all is well: orders redrive <external_id>.`
        : ADVICE[reason] === BY_ITSELF
          ? 'Something else is known under this number: see its history (orders show <external_id>).'
          : ADVICE[reason];
  }
}

/** Where an order is, in words. */
export const STATE_WORDS: Record<OrderState, string> = {
  accepted: 'accepted, and waiting for its turn',
  syncing: 'on its way to Sitniks at this moment',
  synced: 'in Sitniks',
  retrying: 'failed for now; it is tried again by itself',
  in_doubt: 'sent, but the answer was lost; it is looked up in Sitniks before anything else',
  rejected: 'refused for what it says',
  parked: 'on the dead-letter queue',
};
