import * as z from 'zod/mini';
import { withoutPersonalData } from '../lambda/redact.ts';
import { parseJson } from '../order/parse-json.ts';
import { textsIn } from './complaints.ts';
import type { Sought } from './likeness.ts';

/** What the CRM says when it says no. Its words may hold personal data: {@link errorText} is what may be kept. */
export interface ErrorAnswer {
  /** What it says of the whole. */
  message?: string | undefined;
  error?: string | undefined;
  /** What it says of fields, in any form that `complaints.ts` reads. */
  errors?: unknown;
}

const MAX_READ = 4096;
const MAX_DEPTH = 4;

/** Names that the words of an error go by: `message` or `error` first, as the client of that contract reads them. */
const TEXTS = ['message', 'msg', 'detail', 'error_description', 'description', 'reason', 'title'];
/** And those that go by a field each (Laravel, FastAPI, problem+json, JSON:API, ASP.NET). */
const LISTS = [
  'errors',
  'details',
  'detail',
  'violations',
  'invalid-params',
  'invalid_params',
  'issues',
  'fields',
  'message',
];
/** What the whole of it may be wrapped in. */
const WRAPPERS = ['error', 'data', 'response', 'body', 'result', 'exception'];

/** What an answer says, in whatever common shape: JSON, or a text with its tags taken off. `undefined`: nothing. */
export function readErrorAnswer(body: string | undefined): ErrorAnswer | undefined {
  if (body === undefined) return undefined;
  const value = parseJson(body);
  if (value !== undefined) return answerIn(value);
  const text = body
    .slice(0, MAX_READ)
    .replace(/<(script|style|title|head)\b[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? undefined : { message: text };
}

function answerIn(value: unknown, depth = 0): ErrorAnswer | undefined {
  const said = wordsIn(value);
  if (said !== undefined) return { message: said };
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return { errors: value };
  const members = new Map<string, unknown>(Object.entries(value));
  const message = TEXTS.map((name) => wordsIn(members.get(name))).find((text) => text !== undefined);
  const error = wordsIn(members.get('error'));
  // What was taken for the words of the whole is not said again.
  const errors = LISTS.filter((name) => !TEXTS.includes(name) || wordsIn(members.get(name)) === undefined)
    .map((name) => members.get(name))
    .find(isAboutFields);
  if (message !== undefined || errors !== undefined) return { message, error, errors };
  const inner = WRAPPERS.map((name) => answerIn(members.get(name), depth + 1)).find(
    (answer) => answer !== undefined,
  );
  return inner ?? (error === undefined ? {} : { error });
}

/** A text, or several, as NestJS sends them. */
function wordsIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  const texts = z.array(z.string()).check(z.minLength(1)).safeParse(value).data;
  return texts?.join('; ');
}

const isAboutFields = (value: unknown): boolean =>
  typeof value === 'string' || (typeof value === 'object' && value !== null && Object.keys(value).length > 0);

/** The CRM's own words, field messages included, without the customer's data and without the key. */
export function errorText(said: ErrorAnswer | undefined, order: Sought, apiKey: string): string {
  const { message, error, errors } = said ?? {};
  const fields = errors === undefined ? '' : fieldTexts(errors).join('; ');
  const text = [message ?? error ?? '', fields].filter((part) => part !== '').join(': ');
  const { customer, delivery } = order;
  return withoutPersonalData(text, [
    apiKey,
    customer?.name ?? '',
    customer?.phone ?? '',
    customer?.email ?? '',
    delivery?.city ?? '',
    delivery?.address ?? '',
  ]);
}

/** Each with the path that it is about: `items.0.sku: is unknown`. The place in a list of errors is no part of it. */
const fieldTexts = (errors: unknown): string[] =>
  textsIn(errors).map(({ path, text }) =>
    [path.join('.').replace(/^\d+\./, ''), text].filter((part) => part !== '').join(': '),
  );
