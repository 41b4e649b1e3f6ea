import * as z from 'zod/mini';

/**
 * Why an order is refused or delayed, whoever says so: our edge, the queue's consumer, or the CRM. One code for each
 * thing that somebody can do about it, so that a program can branch on it; the words are in `texts.ts`. Part of the
 * contract: a code is never given another meaning, and a reader takes one that it does not know for `unknown`.
 *
 * Each stands under who must act: the one who ordered, the shop, whoever writes the bot; or nobody, because it passes
 * by itself.
 */
const REASONS = {
  customer: [
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
    'sku_unknown',
    'out_of_stock',
    'quantity_invalid',
  ],
  manager: [
    'sku_missing',
    // Another order is in its place.
    'duplicate_in_crm',
    'correction_too_late',
    'unproven',
    // It is there, and its status has not followed.
    'status_refused',
    'status_by_hand',
    'order_gone',
    // Its payment is not booked.
    'payment_unproven',
    'payment_refused',
    'payment_too_much',
    'payment_not_set_up',
    // What has to be mended in the shop, or looked at.
    'key_refused',
    'given_up',
    'refused_unknown',
  ],
  developer: [
    // How the bot wrote it down.
    'price_invalid',
    'number_invalid',
    'field_missing',
    'field_invalid',
    'field_unknown',
    'field_twice',
    'not_an_order',
    'body_too_large',
    'wrong_content_type',
    'wait_invalid',
    'status_invalid',
    // How it asked.
    'token_refused',
    'signature_refused',
    'order_not_found',
    'number_taken',
    // What has to be mended on this side.
    'not_accepted',
    'internal_error',
    'crm_misconfigured',
    'lost_track',
    'never_followed',
    'unknown',
  ],
  nobody: ['crm_unreachable', 'crm_busy', 'in_doubt', 'broke_off', 'payment_waits'],
} as const;

export const WHO = ['customer', 'manager', 'developer', 'nobody'] as const satisfies (keyof typeof REASONS)[];
/** Who must act. */
export type Who = (typeof WHO)[number];

export const REASON_CODES = WHO.flatMap((who) => [...REASONS[who]]);
export type ReasonCode = (typeof REASON_CODES)[number];

const BY_CODE: ReadonlyMap<ReasonCode, Who> = new Map(
  WHO.flatMap((who) => REASONS[who].map((code) => [code, who] as const)),
);
export const whoActs = (code: ReasonCode): Who => BY_CODE.get(code) ?? 'developer';

export const reasonSchema = z.object({
  code: z.catch(z.enum(REASON_CODES), 'unknown'),
  /** The field it is about, as a JSON Pointer in URI fragment form (`#/items/0/sku`), where it is about one. */
  pointer: z.optional(z.string()),
});
/** One thing that is wrong, and where. Holds no value of the order. */
export type Reason = z.output<typeof reasonSchema>;

/** For a log line or a message attribute: each code once, joined by commas. */
export const codesOf = (reasons: readonly Reason[]): string =>
  [...new Set(reasons.map(({ code }) => code))].join(',');
