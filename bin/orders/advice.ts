import { MAX_RETURNS, type Verdict } from '../../lib/dead-letter-verdict.ts';
import type { OrderState } from '../../lib/ledger-record.ts';
import type { LetterReason } from '../../lib/letter.ts';

interface Advice {
  /** What happened, in plain words. */
  what: string;
  /** What to do about it. */
  todo: string;
}

const BY_ITSELF = 'Nothing: it is sent back by itself once Sitniks takes orders again.';

/** Each reason in words for whoever runs the shop. */
export const ADVICE: Record<LetterReason, Advice> = {
  CONNECTION: { what: 'Sitniks could not be reached, or gave no proper answer.', todo: BY_ITSELF },
  RATE_LIMIT: { what: 'Sitniks asked for fewer calls.', todo: BY_ITSELF },
  AUTHENTICATION: {
    what: 'Sitniks refuses the API key.',
    todo: 'Put a valid key into the secret (orders doctor says which); the order is then sent back by itself.',
  },
  CONFIGURATION: {
    what: 'The address of Sitniks, or the secret with its key, is set wrongly.',
    todo: 'Run orders doctor, and mend what it names; the order is then sent back by itself.',
  },
  VALIDATION: {
    what: 'Sitniks refuses what the order says.',
    todo: 'Mend it: orders redrive <external_id> --patch mend.json. Or have it sent anew, corrected, under the same number.',
  },
  MALFORMED: {
    what: 'What came in is not an order.',
    todo: 'Mend it: orders redrive <external_id> --patch mend.json. Or have it sent anew, whole, by whoever sent it.',
  },
  CONFLICT: {
    what: 'Another order, or this one from before it was changed, has this number already.',
    todo: 'A new order: send it under a number of its own (orders submit). A change: make it in Sitniks.',
  },
  NO_REASON: {
    what: 'Its processing broke off again and again, without a word as to why.',
    todo: `${BY_ITSELF} Should it come back here: look for its number in the log of syncOrders.`,
  },
  UNKNOWN: {
    what: 'It was parked for a reason that this version of the command does not know.',
    todo: 'Update the command, and ask again.',
  },
};

/** What to do about a letter, given what will become of it by itself. */
export function todoFor(reason: LetterReason, verdict: Verdict, redriven: number): string {
  switch (verdict) {
    case 'copy':
      return 'Nothing: the order is in Sitniks, and this copy is removed by itself.';
    case 'on_its_way':
      return 'Nothing yet: the order is being worked on, or was until just now. Ask again in a few minutes.';
    case 'may_return':
      return ADVICE[reason].todo;
    case 'for_a_person':
      return redriven >= MAX_RETURNS
        ? `It was sent back ${redriven} times in vain. Run orders doctor; when all is well: orders redrive <external_id>.`
        : ADVICE[reason].todo === BY_ITSELF
          ? 'Something else is known under this number: see its history (orders show <external_id>).'
          : ADVICE[reason].todo;
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
