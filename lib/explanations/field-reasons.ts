import type { FieldError } from '../order/field-errors.ts';
import type { Reason, ReasonCode } from './reasons.ts';

/** What it means that a field of an order is not there, or is not right. */
const FIELDS: Readonly<Record<string, { missing: ReasonCode; invalid: ReasonCode }>> = {
  external_id: { missing: 'number_invalid', invalid: 'number_invalid' },
  'customer.name': { missing: 'name_missing', invalid: 'name_invalid' },
  'customer.phone': { missing: 'phone_missing', invalid: 'phone_invalid' },
  'customer.email': { missing: 'email_invalid', invalid: 'email_invalid' },
  'delivery.method': { missing: 'field_missing', invalid: 'delivery_method_invalid' },
  'delivery.city': { missing: 'city_missing', invalid: 'city_invalid' },
  'delivery.address': { missing: 'branch_missing', invalid: 'branch_invalid' },
  items: { missing: 'items_missing', invalid: 'field_invalid' },
  'items.sku': { missing: 'sku_missing', invalid: 'field_invalid' },
  'items.price': { missing: 'price_invalid', invalid: 'price_invalid' },
  'items.quantity': { missing: 'quantity_invalid', invalid: 'quantity_invalid' },
  payment_method: { missing: 'field_missing', invalid: 'payment_method_invalid' },
};

/** @param field its name without the numbers of a list: `items.sku` */
export const fieldReason = (field: string, how: 'missing' | 'invalid'): ReasonCode =>
  FIELDS[field]?.[how] ?? (how === 'missing' ? 'field_missing' : 'field_invalid');

/** A number that is too small is not one that is missing; nor can an empty `product_id` be told from one. */
const NUMBERS: ReadonlySet<string> = new Set(['items.product_id', 'items.price', 'items.quantity']);

/** `#/items/0/sku` → `items.sku`. */
const fieldAt = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .filter((name) => !/^\d+$/.test(name))
    .join('.');

/** A reason is stored, and the rest would hardly be read. */
const MOST_REASONS = 20;

/**
 * Why our own validation refuses an order. Of an unknown field only the place is told, as in `summarise`: what a
 * stranger called it may be personal, and a reason outlives the request.
 */
export const reasonsOfFields = (errors: readonly FieldError[]): Reason[] =>
  errors.slice(0, MOST_REASONS).map(({ pointer, code }) => {
    const reason = reasonOf(code, fieldAt(pointer));
    const place = code === 'unknown_field' ? pointer.replace(/\/[^/]*$/, '') : pointer;
    return place === '#' ? { code: reason } : { code: reason, pointer: place };
  });

function reasonOf(code: FieldError['code'], field: string): ReasonCode {
  switch (code) {
    case 'unknown_field':
      return 'field_unknown';
    case 'duplicate_field':
      return 'field_twice';
    case 'invalid_json':
    case 'invalid_utf8':
    case 'too_deep':
      return 'not_an_order';
    case 'required':
      return field === '' ? 'not_an_order' : fieldReason(field, 'missing');
    case 'too_small':
      // A text is too small when it is empty, and a list when nothing is in it.
      return fieldReason(field, NUMBERS.has(field) ? 'invalid' : 'missing');
    case 'invalid_type':
      // A number for a text: no customer can put that right.
      return field === '' ? 'not_an_order' : 'field_invalid';
    default:
      return fieldReason(field, 'invalid');
  }
}
