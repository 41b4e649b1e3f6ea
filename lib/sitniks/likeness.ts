import type { Order } from '../order/order.ts';

/** An order that is looked for: by its number alone, or with what it says, which tells it from another's. */
export type Sought = Pick<Order, 'external_id'> & Partial<Order>;

/** What is known of an order from before it is looked for. */
export interface Past {
  /** Epoch ms: no attempt can have been sent before. */
  since: number;
  /** It may have been sent with other content than it has now. */
  wasOtherwise?: boolean;
  /** Nothing of it can have been sent. */
  isUnsent?: boolean;
}

/** How what the CRM has under an order's number compares with the order, by what it gives back. */
export type Likeness =
  | 'agrees'
  | 'nothing_to_compare'
  /** The customer's phone is the same, and the lines are others: another order of theirs, or this one before a change. */
  | 'other_lines'
  | 'contradicts';

export const BEST_LIKENESS_FIRST: readonly Likeness[] = [
  'agrees',
  'nothing_to_compare',
  'other_lines',
  'contradicts',
];

/** What the CRM gives back of an order, as far as it can be read: what it does not say contradicts nothing. */
export interface Facts {
  phone?: string | undefined;
  lines?: readonly Line[] | undefined;
}

export interface Line {
  sku?: string | undefined;
  quantity?: number | undefined;
  /** Of one piece, in hryvnia. */
  price?: number | undefined;
}

/**
 * Compares an order with what the CRM has, in memory only: none of it is kept. One contradiction is enough, because two
 * orders of one customer may well agree in the phone.
 */
export function likenessOf({ customer, items }: Sought, { phone, lines = [] }: Facts): Likeness {
  const isSamePhone = samePhone(customer?.phone, phone);
  const areSameLines = items === undefined || lines.length === 0 ? undefined : sameLines(items, lines);
  if (isSamePhone === undefined && areSameLines === undefined) return 'nothing_to_compare';
  if (isSamePhone === true && areSameLines === false) return 'other_lines';
  return isSamePhone === false || areSameLines === false ? 'contradicts' : 'agrees';
}

/** The number without its country: `067…` and `+38067…` are one. */
const SIGNIFICANT_DIGITS = 9;

function samePhone(ours: string | undefined, theirs: string | undefined): boolean | undefined {
  const tail = (phone: string) => phone.replace(/\D/g, '').slice(-SIGNIFICANT_DIGITS);
  // A phone that the CRM masks says nothing.
  const isWhole =
    theirs !== undefined && !/[*xх•]/iu.test(theirs) && tail(theirs).length === SIGNIFICANT_DIGITS;
  return ours !== undefined && isWhole ? tail(ours) === tail(theirs) : undefined;
}

const PARTS = ['sku', 'quantity', 'price'] as const;

/** By those parts that the CRM gives of every line; the order of the lines, and how they are split up, say nothing. */
function sameLines(ours: readonly Line[], theirs: readonly Line[]): boolean | undefined {
  const known = PARTS.filter((part) => theirs.every((line) => line[part] !== undefined));
  if (known.length === 0) return undefined;
  const picture = (lines: readonly Line[]): string => {
    const quantities = new Map<string, number>();
    for (const { sku = '', quantity = 1, price } of lines) {
      const key = JSON.stringify([
        known.includes('sku') ? sku.trim().toLowerCase() : '',
        known.includes('price') ? price?.toFixed(2) : '',
      ]);
      quantities.set(key, (quantities.get(key) ?? 0) + (known.includes('quantity') ? quantity : 0));
    }
    return JSON.stringify([...quantities].sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return picture(ours) === picture(theirs);
}
