import * as z from 'zod';
import { withoutPersonalData } from '../lambda/redact.ts';
import type { Order } from '../order/order.ts';
import { parseJson } from '../order/parse-json.ts';
import { textsIn } from './complaints.ts';

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

/** Each with the path that it is about: `items.0.sku: is unknown`. The place in a list of errors is no part of it. */
const fieldTexts = (errors: unknown): string[] =>
  textsIn(errors).map(({ path, text }) =>
    [path.join('.').replace(/^\d+\./, ''), text].filter((part) => part !== '').join(': '),
  );
