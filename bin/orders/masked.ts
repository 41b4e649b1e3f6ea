import * as z from 'zod';
import { withoutPersonalData } from '../../lib/lambda/redact.ts';
import { parseJson } from '../../lib/order/parse-json.ts';
import { printable } from './output.ts';

export interface Customer {
  name: string | null;
  phone: string | null;
}

const text = z
  .union([z.string(), z.number().transform(String)])
  .nullable()
  .catch(null);

/** Whatever can be read of the customer, also of a body that is no order. */
const carrier = z
  .object({ customer: z.object({ name: text.default(null), phone: text.default(null) }) })
  .transform(({ customer }) => customer)
  .catch({ name: null, phone: null });

/** The customer of a body: enough to tell two apart, and no more, unless it is to be revealed. */
export function customerOf(body: string, reveal: boolean): Customer {
  const { name, phone } = carrier.parse(parseJson(body));
  const show = (value: string | null, mask: (value: string) => string) => {
    const clean = value === null ? '' : printable(value).slice(0, 100);
    return clean === '' ? null : reveal ? clean : mask(clean);
  };
  return { name: show(name, maskName), phone: show(phone, maskPhone) };
}

/** An error message from a letter, without what the letter's own body says of the customer. */
export function messageOf(message: string | undefined, body: string, reveal: boolean): string | null {
  if (message === undefined) return null;
  if (reveal) return printable(message);
  const { name, phone } = carrier.parse(parseJson(body));
  return withoutPersonalData(
    message,
    [name, phone].filter((value) => value !== null),
  );
}

/** `Олена Коваленко` → `О••• К•••` */
export const maskName = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 3)
    .map((word) => `${[...word][0] ?? ''}•••`)
    .join(' ');

/** `+380671234567` → `•••67`: the last two digits, where there are enough to hide the rest behind. */
export const maskPhone = (phone: string): string => {
  const digits = phone.replace(/\D/g, '');
  return digits.length < 7 ? '•••' : `•••${digits.slice(-2)}`;
};
