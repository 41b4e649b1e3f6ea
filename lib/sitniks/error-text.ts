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
const TEXTS = [
  'message',
  'msg',
  'detail',
  'errordescription',
  'errormessage',
  'errormsg',
  'errortext',
  'description',
  'reason',
  'text',
  'info',
  'err',
  'faultstring',
  'messages',
  'title',
];
/** And those that go by a field each (Laravel, FastAPI, problem+json, JSON:API, ASP.NET, Symfony, gRPC, Joi). */
const LISTS = [
  'errors',
  'details',
  'detail',
  'violations',
  'fieldviolations',
  'invalidparams',
  'issues',
  'fielderrors',
  'validationerrors',
  'fields',
  'message',
  'messages',
];
/** What the whole of it may be wrapped in. */
const WRAPPERS = ['error', 'data', 'response', 'body', 'result', 'exception', 'fault', 'embedded'];

/** What an answer says, in whatever common shape: JSON, or a text with its tags taken off. `undefined`: nothing. */
export function readErrorAnswer(body: string | undefined): ErrorAnswer | undefined {
  if (body === undefined) return undefined;
  const value = parseJson(body);
  if (value !== undefined) return answerIn(value) ?? guessedIn(value) ?? {};
  const text = body
    .slice(0, MAX_READ)
    .replace(/<!\[CDATA\[(.*?)\]\]>/gs, '$1')
    .replace(/<(script|style|title|head)\b[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? undefined : { message: text };
}

/** One name for `errorMessage`, `error_message` and `ErrorMessage`. */
const membersOf = (value: object): Map<string, unknown> =>
  new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase().replace(/[_\s-]/g, ''), member]));

function answerIn(value: unknown, depth = 0): ErrorAnswer | undefined {
  const said = wordsIn(value);
  if (said !== undefined) return { message: said };
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return { errors: value };
  const members = membersOf(value);
  const message = TEXTS.map((name) => wordsIn(members.get(name))).find((text) => text !== undefined);
  const error = wordsIn(members.get('error'));
  // What was taken for the words of the whole is not said again.
  const errors = LISTS.filter((name) => !TEXTS.includes(name) || wordsIn(members.get(name)) === undefined)
    .map((name) => members.get(name))
    .find(isAboutFields);
  // One error that names its field (Stripe) is a list of one.
  if (message !== undefined && errors === undefined && ONE_FIELD.some((name) => isName(members.get(name))))
    return { errors: [value] };
  if (errors !== undefined) return { message, error, errors };
  const inners = WRAPPERS.map((name) => answerIn(members.get(name), depth + 1));
  if (message !== undefined)
    return { message, error, errors: inners.find((one) => one?.errors !== undefined)?.errors };
  return inners.find((answer) => answer !== undefined);
}

const ONE_FIELD = ['param', 'field', 'property', 'pointer'];
const isName = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

/**
 * Of what has none of these names: fields by their own names with a list of texts each (Django, Rails), or all that
 * JSend's `data` has; at last a code. What is no list of texts may as well be the order, given back.
 */
function guessedIn(value: unknown, depth = 0): ErrorAnswer | undefined {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
  const members = membersOf(value);
  if (members.get('status') === 'fail' && isAboutFields(members.get('data')))
    return { errors: members.get('data') };
  const inner = WRAPPERS.map((name) => guessedIn(members.get(name), depth + 1)).find(
    (answer) => answer !== undefined,
  );
  if (inner !== undefined) return inner;
  const errors = listsIn(value);
  if (errors !== undefined) return { errors };
  const code = members.get('code');
  return typeof code === 'string' && /\p{L}/u.test(code) ? { message: code } : undefined;
}

/** What is left of a value if all but lists of texts is taken away. */
function listsIn(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
  if (wordsIn(value) !== undefined) return value;
  const kept = Object.entries(value).flatMap(([name, member]) => {
    const lists = listsIn(member, depth + 1);
    return lists === undefined ? [] : [[name, lists]];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** A text, or several, as NestJS sends them. */
function wordsIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  const texts = z.array(z.string()).check(z.minLength(1)).safeParse(value).data;
  return texts?.join('; ');
}

const isAboutFields = (value: unknown): boolean =>
  isName(value) || (typeof value === 'object' && value !== null && Object.keys(value).length > 0);

/** The CRM's own words, field messages included, without the customer's data and without the key. */
export function errorText(said: ErrorAnswer | undefined, order: Sought, apiKey: string): string {
  const { message, error, errors } = said ?? {};
  const text = [message ?? error ?? '', fieldTexts(errors).join('; ')]
    .filter((part) => part !== '')
    .join(': ');
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
