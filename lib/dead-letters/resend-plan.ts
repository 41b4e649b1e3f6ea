import { FAILURES } from '../explanations/failure.ts';
import { isContentOf } from '../ledger/content.ts';
import { paymentOf } from '../ledger/payments.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { isFree, relationOf } from '../ledger/relation.ts';
import { contentHash, contentOf } from '../order/content-hash.ts';
import { summarise } from '../order/field-errors.ts';
import { type Order, type OrderStatus, readOrder } from '../order/order.ts';
import { parseJson } from '../order/parse-json.ts';
import type { Letter } from './letter.ts';
import { mergePatch } from './merge-patch.ts';
import { isDoneWith, isOnItsWay, submissionOf } from './verdict.ts';

/** What redrive does with a letter, and why. */
export type Step =
  | { action: 'send'; body: string; order: Order; contentHash: string; why: string }
  /** Nothing but how far its order is to be. */
  | { action: 'send'; body: string; order?: undefined; why: string }
  /** A copy of what is in the CRM. */
  | { action: 'remove'; why: string }
  /** Nothing need be done. */
  | { action: 'skip'; why: string }
  /** It was asked for, but would do harm, or come straight back. */
  | { action: 'refuse'; why: string };

/**
 * What to do with one letter that a person wants sent, given what the ledger has under its number.
 *
 * More is sent than by itself, because a person may know that the CRM would now take it. But not what is on its way,
 * and not content from before a correction, which would undo it.
 *
 * @param patch RFC 7396 merge patch on the body, if it is to be mended
 * @param now epoch ms
 */
export function planFor(
  letter: Letter,
  record: LedgerRecord | undefined,
  patch: object | undefined,
  now: number,
): Step {
  if (letter.content_hash === undefined && letter.asks !== undefined)
    return planForStatus(letter, letter.asks, record, patch);
  const submission = submissionOf(letter);
  const relation =
    record === undefined || submission === undefined ? undefined : relationOf(record, submission);
  const isCopy = record?.state === 'synced' && relation === 'same';
  if (isCopy) return { action: 'remove', why: `a copy: in Sitniks as ${record.crm_order_id}` };

  const body = patch === undefined ? letter.body : mended(letter.body, patch);
  const reading = readOrder(body);
  if (!reading.ok) {
    return refuse(
      `${patch === undefined ? 'not an order' : 'not an order even so'}: ${summarise(reading.errors)}`,
    );
  }
  const { order } = reading;
  if (letter.external_id !== undefined && order.external_id !== letter.external_id) {
    return refuse('a patch may not change the external_id: submit it as a new order');
  }

  const send = {
    action: 'send',
    body,
    order,
    contentHash: contentHash(order),
    why: patch === undefined ? 'as it is' : 'mended',
  } satisfies Step;
  if (record === undefined) return send;
  // Even where the number is free by now: its caller was told to choose another, and may have.
  if (relation === 'foreign' && (letter.reason === 'CONFLICT' || !isFree(record)))
    return refuse("another caller's order has this number: submit this one under a number of its own");
  switch (record.state) {
    case 'synced':
      return refuse(
        `Sitniks has other content under this number, as ${record.crm_order_id}: change it there`,
      );
    case 'accepted':
    case 'syncing':
    case 'retrying':
    case 'in_doubt':
      if (isOnItsWay(letter.reason, record, now)) return { action: 'skip', why: 'on its way already' };
      return isContentOf(record, contentOf(order))
        ? send
        : refuse('another order with this number is on its way');
    case 'rejected':
    case 'parked': {
      if (isOnItsWay(letter.reason, record, now))
        return { action: 'skip', why: 'parked this moment: try again soon' };
      const isOutdated = relation !== undefined && relation !== 'same' && relation !== 'foreign';
      return isOutdated
        ? refuse('it was corrected since: the newer letter under this number is the one')
        : send;
    }
  }
}

function planForStatus(
  { body, pays, external_id }: Letter,
  asks: OrderStatus,
  record: LedgerRecord | undefined,
  patch: object | undefined,
): Step {
  if (patch !== undefined)
    return refuse(`it is no order, only its status (${asks}): there is nothing to patch`);
  if (record !== undefined && isDoneWith(record, asks, pays))
    return {
      action: 'remove',
      why: pays === undefined ? `Sitniks has it as ${record.status?.in_crm}` : `Sitniks has the ${pays} paid`,
    };
  if (pays === undefined) return { action: 'send', body, why: `its status, ${asks}` };
  return record !== undefined && paymentOf(record, pays)?.state === 'in_doubt'
    ? refuse(
        `Sitniks may have the ${pays} paid: look there, enter it if it is missing, then orders settle ${external_id} --payment ${pays}`,
      )
    : { action: 'send', body, why: `its payment, ${pays}` };
}

/**
 * What becomes of a letter that is sent as it is, where nothing else has changed: it fails again, and its submitter, and
 * so the customer, is told so again.
 */
export const onlyFailsAgain = ({ reason }: Pick<Letter, 'reason'>): boolean => !FAILURES[reason].comesBack;

const refuse = (why: string): Step => ({ action: 'refuse', why });

/** Of a body that is not JSON nothing can stay: the patch is then the whole order. */
const mended = (body: string, patch: object): string => JSON.stringify(mergePatch(parseJson(body), patch));
