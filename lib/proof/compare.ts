import type { LedgerRecord } from '../ledger/record.ts';
import { phaseOf } from '../ledger/states.ts';
import type { Crm } from '../sitniks/crm.ts';
import type { CrmFailure, LookUp } from '../sitniks/result.ts';
import type { Verdict } from './proof.ts';

type Known = Pick<
  LedgerRecord,
  'external_id' | 'state' | 'history' | 'content_hash' | 'crm_order_id' | 'crm_call_id'
>;

/** Compares what the ledger knows of an order with Sitniks, by one look-up. Changes nothing. */
export async function compare(
  record: Known,
  crm: Pick<Crm, 'find'>,
): Promise<({ ok: true } & Verdict) | CrmFailure> {
  switch (phaseOf(record.state)) {
    case 'under_way':
      return { ok: true, finding: 'under_way', why: '' };
    case 'waiting':
      return { ok: true, finding: 'aside', why: '' };
    case 'in_crm': {
      const { external_id, history } = record;
      const since = Date.parse(history[0]?.at ?? '') || 0;
      const found = await crm.find({ external_id }, { since });
      return found.ok ? { ok: true, ...verdictOn(record, found) } : found;
    }
  }
}

function verdictOn({ crm_order_id, crm_call_id, content_hash }: Known, found: LookUp): Verdict {
  const syncedAs = `synced as ${crm_order_id}`;
  switch (found.result) {
    case 'absent':
      return { finding: 'missing', why: `${syncedAs}, and Sitniks says that it is not there` };
    case 'unproven':
      return { finding: 'unclear', why: `${syncedAs}, and Sitniks cannot say: ${found.why}` };
    case 'found': {
      const { times, crmOrderId, crmOrderNumber, contents } = found;
      if (times !== undefined) return { finding: 'twice', why: `${syncedAs}, and there ${times} times` };
      if (crmOrderId !== (crm_call_id ?? crm_order_id)) {
        return { finding: 'different', why: `${syncedAs}, and there as ${crmOrderNumber ?? crmOrderId}` };
      }
      return contents === undefined || contents.includes(content_hash)
        ? { finding: 'there', why: '' }
        : { finding: 'different', why: `${syncedAs}, and says something else there than what was sent` };
    }
  }
}
