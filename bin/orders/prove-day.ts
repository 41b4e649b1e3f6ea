import { setTimeout as pause } from 'node:timers/promises';
import type { Ledger } from '../../lib/ledger/ledger.ts';
import type { Listing } from '../../lib/ledger/listing.ts';
import { type OrderState, phaseOf } from '../../lib/ledger/states.ts';
import type { Day } from '../../lib/manager/kyiv-day.ts';
import type { Order } from '../../lib/order/order.ts';
import type { Crm } from '../../lib/sitniks/crm.ts';

/** What was found of an order that the ledger has as synced. */
export type Finding =
  | 'there'
  | 'missing'
  | 'twice'
  /** Under another id of the CRM's than it was synced as. */
  | 'different'
  /** The CRM could not be asked, or its answer proves nothing. */
  | 'not_asked';

export interface Proof {
  day: string;
  accepted: number;
  there: number;
  under_way: number;
  /** Rejected or parked: whoever sent it has been told, and the dead-letter queue has it. */
  aside: number;
  /** What of the rest is not as it should be: all is well where there is none. */
  unproven: { external_id: string; finding: Exclude<Finding, 'there'>; why: string }[];
}

export interface ProveDeps {
  listing: Pick<Listing, 'cameBetween'>;
  ledger: Pick<Ledger, 'get'>;
  /** One that can be searched by number alone. */
  crm: Pick<Crm, 'find'>;
  /** Milliseconds from one look-up to the next: the orders of today come first. */
  gapMs: number;
  goOn: () => void;
}

/** Compares every order that came on a day with the CRM, one look-up each. Changes nothing. */
export async function proveDay(day: Day, deps: ProveDeps): Promise<Proof> {
  const { listing, ledger, gapMs, goOn } = deps;
  const proof: Proof = { day: day.name, accepted: 0, there: 0, under_way: 0, aside: 0, unproven: [] };
  for await (const { external_id } of listing.cameBetween(day.from, day.until)) {
    goOn();
    const record = await ledger.get(external_id);
    // Expired since it was listed.
    if (record === undefined) continue;
    proof.accepted += 1;
    switch (phaseOf(record.state)) {
      case 'under_way':
        proof.under_way += 1;
        break;
      case 'waiting':
        proof.aside += 1;
        break;
      case 'in_crm': {
        const { finding, why } = await compare(external_id, record, deps);
        if (finding === 'there') proof.there += 1;
        else proof.unproven.push({ external_id, finding, why });
        await pause(gapMs);
      }
    }
  }
  return proof;
}

async function compare(
  external_id: string,
  { crm_order_id }: { state: OrderState; crm_order_id?: string | undefined },
  { crm }: ProveDeps,
): Promise<{ finding: Finding; why: string }> {
  const found = await crm.find(numbered(external_id));
  if (!found.ok) return { finding: 'not_asked', why: found.type };
  switch (found.result) {
    case 'absent':
      return { finding: 'missing', why: `synced as ${crm_order_id}, and Sitniks says that it is not there` };
    case 'unproven':
      return { finding: 'not_asked', why: found.why };
    case 'found':
      if (found.times !== undefined) {
        return { finding: 'twice', why: `synced as ${crm_order_id}, and there ${found.times} times` };
      }
      return found.crmOrderId === crm_order_id
        ? { finding: 'there', why: '' }
        : { finding: 'different', why: `synced as ${crm_order_id}, and there as ${found.crmOrderId}` };
  }
}

/** Only its number is sent. */
const numbered = (external_id: string): Order => ({
  external_id,
  source: 'proof',
  customer: { name: 'proof', phone: '+380000000000' },
  delivery: { method: 'none', city: 'none', address: 'none' },
  items: [],
  payment_method: 'none',
  status: 'NEW',
});
