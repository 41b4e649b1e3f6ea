import * as z from 'zod/mini';
import { maskedText } from './masked.ts';

/** A field of an order that a manager can correct. */
export interface Field {
  /** JSON Pointer in URI fragment form, as explanations name it. */
  pointer: string;
  /** Masked where it is personal and not what has to be corrected. */
  value: string;
  is_masked: boolean;
}

const scalar = z._default(z.catch(z.pipe(z.union([z.string(), z.number()]), z.transform(String)), ''), '');
const part = <T extends z.core.$ZodShape>(shape: T) => z.catch(z.object(shape), z.object(shape).parse({}));

/** Whatever can be read of a body, also of one that is no order. */
const draftSchema = z.object({
  customer: part({ name: scalar, phone: scalar, email: scalar }),
  delivery: part({ method: scalar, city: scalar, address: scalar }),
  items: z.catch(z.array(part({ sku: scalar, price: scalar, quantity: scalar })), []),
  payment_method: scalar,
});

const PERSONAL = new Set([
  '#/customer/name',
  '#/customer/phone',
  '#/customer/email',
  '#/delivery/city',
  '#/delivery/address',
]);

/**
 * The fields of a letter's body.
 *
 * @param wanted pointers that the explanations name: those have to be seen to be corrected
 */
export function draftOf(body: string, wanted: ReadonlySet<string>): Field[] {
  const parsed = draftSchema.safeParse(parseJson(body));
  if (!parsed.success) return [];
  const { customer, delivery, items, payment_method } = parsed.data;
  const fields: [string, string][] = [
    ['#/customer/name', customer.name],
    ['#/customer/phone', customer.phone],
    ['#/customer/email', customer.email],
    ['#/delivery/method', delivery.method],
    ['#/delivery/city', delivery.city],
    ['#/delivery/address', delivery.address],
    ...items.flatMap(({ sku, price, quantity }, index): [string, string][] => [
      [`#/items/${index}/sku`, sku],
      [`#/items/${index}/price`, price],
      [`#/items/${index}/quantity`, quantity],
    ]),
    ['#/payment_method', payment_method],
  ];
  return fields.map(([pointer, value]) => {
    const is_masked = value !== '' && PERSONAL.has(pointer) && !wanted.has(pointer);
    return { pointer, value: is_masked ? maskedText(value) : value, is_masked };
  });
}

/** What a manager has typed, by pointer. An empty text takes an optional field away. */
export type Changes = Readonly<Record<string, string>>;

const POINTER = /^#\/(customer\/(?:name|phone|email)|delivery\/(?:method|city|address)|payment_method)$/;
const ITEM_POINTER = /^#\/items\/(\d{1,3})\/(sku|price|quantity)$/;

export const changesSchema = z.record(z.string(), z.string().check(z.maxLength(500))).check(
  z.refine((changes) => Object.keys(changes).every((one) => POINTER.test(one) || ITEM_POINTER.test(one)), {
    error: 'only fields of the draft can be changed',
  }),
);

/** Changes as a merge patch (RFC 7396) on the letter's body; a list can only be patched whole. */
export function patchOf(body: string, changes: Changes): object {
  const patch: Record<string, unknown> = {};
  const groups: Record<string, Record<string, string | null>> = {};
  const items = itemsOf(body);
  for (const [pointer, text] of Object.entries(changes)) {
    const item = ITEM_POINTER.exec(pointer);
    const [group = '', name] = pointer.slice('#/'.length).split('/');
    if (item !== null) {
      const [, index = '', field = ''] = item;
      const line = items[Number(index)];
      if (line !== undefined) line[field] = field === 'sku' ? text : numberOf(text);
      patch['items'] = items;
    } else if (name === undefined) patch[group] = text;
    else {
      groups[group] ??= {};
      groups[group][name] = text === '' ? null : text;
    }
  }
  return { ...patch, ...groups };
}

/** A comma is how a price is written here. What is no number stays as it is, and is refused by name. */
function numberOf(text: string): number | string {
  const number = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}

const itemsSchema = z.object({ items: z.array(z.record(z.string(), z.unknown())) });
const itemsOf = (body: string) => itemsSchema.safeParse(parseJson(body)).data?.items ?? [];

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
