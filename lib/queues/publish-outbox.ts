import { type Log, nameOf } from '../lambda/observability.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { OutcomesQueue } from './queues.ts';

export interface PublishOutboxDeps {
  outcomes: OutcomesQueue;
  ledger: Pick<Ledger, 'replace'>;
  log: Log;
}

/**
 * Tells what a record has in its outbox: at least once, in order. Before the message is let go of, so that no crash can
 * keep it from the submitter.
 *
 * @returns the record as it is after.
 */
export async function publishOutbox(
  record: LedgerRecord,
  { outcomes, ledger, log }: PublishOutboxDeps,
): Promise<LedgerRecord> {
  const { outbox = [] } = record;
  if (outbox.length === 0) return record;
  for (const outcome of outbox) await outcomes.send(outcome);
  // Where somebody was faster, the record that they wrote has it still: it is told again, with the same id.
  const noted = await ledger.replace({ ...record, outbox: undefined }).catch((error) => {
    log.warn('Outcome told, but not noted: it may be told again', { error_name: nameOf(error) });
    return undefined;
  });
  return noted ?? record;
}
