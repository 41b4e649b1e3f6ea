import * as z from 'zod';
import { withoutPersonalData } from '../lambda/redact.ts';
import type { Order } from '../order/order.ts';
import { parseJson } from '../order/parse-json.ts';

/** A text, or several, as NestJS sends them. What is neither says nothing, and spoils nothing. */
const words = z
  .union([z.string(), z.array(z.string()).transform((texts) => texts.join('; '))])
  .optional()
  .catch(undefined);

/** `message`, or else `error`, is what the client of that contract reads. */
const errorAnswer = z.looseObject({ message: words, error: words, errors: z.unknown().optional() });
/** What the CRM says when it says no. Its words may hold personal data: {@link errorText} is what may be kept. */
export type ErrorAnswer = z.output<typeof errorAnswer>;

/** `undefined` where it is not JSON, or no object. */
export const readErrorAnswer = (body: string | undefined): ErrorAnswer | undefined =>
  errorAnswer.safeParse(body === undefined ? undefined : parseJson(body)).data;

/** The CRM's own words, field messages included, without the customer's data and without the key. */
export function errorText(said: ErrorAnswer | undefined, order: Order, apiKey: string): string {
  const { message, error, errors } = said ?? {};
  const fields = errors === undefined ? '' : fieldTexts(errors).join('; ');
  const text = [message ?? error ?? '', fields].filter((part) => part !== '').join(': ');
  const { customer, delivery } = order;
  return withoutPersonalData(text, [
    apiKey,
    customer.name,
    customer.phone,
    customer.email ?? '',
    delivery.city,
    delivery.address,
  ]);
}

/** `{ "customer.phone": ["is invalid"] }` or any nesting of it, as lines `customer.phone: is invalid`. */
function fieldTexts(errors: unknown, path = '', depth = 0): string[] {
  if (typeof errors === 'string') return [path === '' ? errors : `${path}: ${errors}`];
  if (typeof errors !== 'object' || errors === null || depth > 5) return [];
  return Object.entries(errors).flatMap(([key, value]) => {
    const isIndex = Array.isArray(errors);
    return fieldTexts(value, isIndex ? path : [path, key].filter((part) => part !== '').join('.'), depth + 1);
  });
}
