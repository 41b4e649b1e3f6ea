import * as z from 'zod';

/**
 * Why an order is refused or delayed, whoever says so: our edge, the queue's consumer, or the CRM. One code for each
 * thing that somebody can do about it, so that a program can branch on it; the words are in `texts.ts`. Part of the
 * contract: a code is never given another meaning, and a reader takes one that it does not know for `unknown`.
 */
export const REASON_CODES = [
  // What the customer said.
  'name_missing',
  'name_invalid',
  'phone_missing',
  'phone_invalid',
  'email_invalid',
  'city_missing',
  'city_invalid',
  'branch_missing',
  'branch_invalid',
  'delivery_method_invalid',
  'payment_method_invalid',
  // What is sold.
  'items_missing',
  'sku_missing',
  'sku_unknown',
  'out_of_stock',
  'price_invalid',
  'quantity_invalid',
  // How the bot wrote it down.
  'number_invalid',
  'field_missing',
  'field_invalid',
  'field_unknown',
  'field_twice',
  'not_an_order',
  'body_too_large',
  'wrong_content_type',
  'wait_invalid',
  'token_refused',
  'signature_refused',
  'order_not_found',
  // Another order is in its place.
  'number_taken',
  'duplicate_in_crm',
  'correction_too_late',
  // What passes, or has to be mended on this side.
  'not_accepted',
  'internal_error',
  'crm_unreachable',
  'crm_busy',
  'in_doubt',
  'broke_off',
  'key_refused',
  'crm_misconfigured',
  'given_up',
  // What nobody has a word for.
  'refused_unknown',
  'unknown',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

export const reasonSchema = z.object({
  code: z.enum(REASON_CODES).catch('unknown'),
  /** The field it is about, as a JSON Pointer in URI fragment form (`#/items/0/sku`), where it is about one. */
  pointer: z.string().optional(),
});
/** One thing that is wrong, and where. Holds no value of the order. */
export type Reason = z.output<typeof reasonSchema>;

/** What passes by itself: nobody need do anything, and the order goes on. */
export const PASSES: ReadonlySet<ReasonCode> = new Set([
  'crm_unreachable',
  'crm_busy',
  'in_doubt',
  'broke_off',
] as const);

/** For a log line or a message attribute: each code once, joined by commas. */
export const codesOf = (reasons: readonly Reason[]): string =>
  [...new Set(reasons.map(({ code }) => code))].join(',');
