import type * as z from 'zod/mini';

/**
 * What is wrong with one field, as `errors` of a problem+json (RFC 9457) and as the reason on a dead letter.
 * `pointer` is a JSON Pointer in URI fragment form (`#/items/0/sku`); `detail` never holds the field's value.
 */
export interface FieldError {
  pointer: string;
  code: string;
  detail: string;
}

/** A name that may be shown: a key is sometimes data, say a phone number, and then it may not. */
const SHOWABLE_NAME = /^[A-Za-z_][A-Za-z_-]{0,39}$/;

export function invalidJson(json: string, error: unknown): FieldError {
  if (json.trim() === '') {
    return { pointer: '#', code: 'invalid_json', detail: 'The body is empty: send the order as JSON.' };
  }
  // The rest of V8's message quotes the body, and the body is personal.
  const position = error instanceof Error ? /at position \d+/.exec(error.message)?.[0] : undefined;
  return {
    pointer: '#',
    code: 'invalid_json',
    detail: `The body is not valid JSON${position ? ` (${position})` : ''}.`,
  };
}

/** 64 KiB of `{},` would otherwise make an answer too large for Lambda to return (6 MB). */
const MOST_ERRORS = 100;

export function fieldErrors(error: z.core.$ZodError, input: unknown): FieldError[] {
  const all = error.issues.slice(0, MOST_ERRORS).flatMap((issue) => fromIssue(issue, input));
  return all.slice(0, MOST_ERRORS);
}

/**
 * One line for a log, the ledger or a message attribute: `#/customer/phone invalid_phone; …`. Of an unknown field
 * only the place is told: what a stranger called it may be personal, and here it would outlive the request.
 */
export function summarise(errors: readonly FieldError[]): string {
  const shown = errors.slice(0, 10).map(({ pointer, code }) => {
    const known = code === 'unknown_field' ? pointer.replace(/\/[^/]*$/, '') : pointer;
    return `${known} ${code}`;
  });
  const more = errors.length - shown.length;
  return shown.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function fromIssue(issue: z.core.$ZodIssue, input: unknown): FieldError[] {
  const at = toPointer(issue.path);
  const name = issue.path.length === 0 ? 'The body' : issue.path.join('.');
  const one = (code: string, detail: string): FieldError[] => [
    { pointer: at, code, detail: `${name} ${detail}.` },
  ];

  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(issue.path, key));
    case 'invalid_type':
    case 'invalid_union':
      if (isMissing(issue.path, input)) return one('required', 'is required');
      return one(
        'invalid_type',
        issue.code === 'invalid_union' ? issue.message : `must be ${article(issue.expected)}`,
      );
    case 'invalid_value':
      return isMissing(issue.path, input)
        ? one('required', 'is required')
        : one('invalid_value', `must be one of ${issue.values.map(String).join(', ')}`);
    case 'too_small':
      return one('too_small', `must ${bound(issue.origin, 'at least', Number(issue.minimum))}`);
    case 'too_big':
      return one('too_big', `must ${bound(issue.origin, 'at most', Number(issue.maximum))}`);
    case 'invalid_format':
      return one('invalid_format', issue.format === 'email' ? 'is not an e-mail address' : issue.message);
    case 'custom':
      return one(
        typeof issue.params?.['code'] === 'string' ? issue.params['code'] : 'invalid',
        issue.message,
      );
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
      return one('invalid', 'is not valid');
  }
}

function unknownKey(path: readonly PropertyKey[], key: string): FieldError {
  if (!SHOWABLE_NAME.test(key)) {
    return {
      pointer: toPointer(path),
      code: 'unknown_field',
      detail: `${path.length === 0 ? 'The body' : path.join('.')} has a field that an order does not have.`,
    };
  }
  return {
    pointer: toPointer([...path, key]),
    code: 'unknown_field',
    detail: `${[...path, key].join('.')} is not a field of an order: check its spelling, or leave it out.`,
  };
}

function isMissing(path: readonly PropertyKey[], input: unknown): boolean {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return true;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value === undefined;
}

const toPointer = (path: readonly PropertyKey[]): string =>
  ['#', ...path.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');

const article = (expected: string): string =>
  expected === 'int' ? 'a whole number' : `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`;

function bound(origin: string, comparison: 'at least' | 'at most', limit: number): string {
  switch (origin) {
    case 'string':
      return limit === 1 ? 'not be empty' : `have ${comparison} ${limit} characters`;
    case 'array':
      return `have ${comparison} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
    default:
      return `be ${comparison} ${limit}`;
  }
}
