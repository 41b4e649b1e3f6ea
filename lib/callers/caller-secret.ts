import * as z from 'zod/mini';
import { structureErrors } from '../order/json-structure.ts';
import { parseJson } from '../order/parse-json.ts';
import { UnusableSecret } from '../secrets/secret.ts';
import { callerName } from './caller-name.ts';

/** What secrets that have an entry for each caller have in common: `intake-tokens` and `callbacks`. */

/** 24 to 64 bytes in base64 behind `whsec_` (Standard Webhooks, "Signature scheme", symmetric). */
export const signingSecret = z.string().check(
  z.trim(),
  z.regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/),
  z.refine((secret) => {
    const { byteLength } = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return byteLength >= 24 && byteLength <= 64 && secret.length % 4 === 'whsec_'.length % 4;
  }),
);

/** One, or the new one and the old one while it is being changed. */
export const oneOrMore = (schema: z.ZodMiniType<string>) =>
  z.union([
    z.pipe(
      schema,
      z.transform((value) => [value]),
    ),
    z.array(schema).check(z.minLength(1), z.maxLength(5)),
  ]);

/** What an entry should be, for the words of an error: as JSON, and as a noun. */
export interface EntryForm {
  wanted: string;
  entry: string;
}

/**
 * Reads the text of such a secret: an object with an entry for each caller. Any name may stand there, `__proto__` too.
 *
 * @param schema of one entry
 * @throws {UnusableSecret} naming entries by their place only: even a name can be a token, where somebody has mixed
 * them up.
 */
export function parseCallerSecret<Entry>(
  secretId: string,
  text: string,
  schema: z.ZodMiniType<Entry>,
  { wanted, entry }: EntryForm,
): ReadonlyMap<string, Entry> {
  const unusable = (why: string) => new UnusableSecret(`The secret ${secretId} ${why}`);
  const value = parseJson(text);
  if (value === undefined) throw unusable(`is not JSON: ${wanted} is wanted`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unusable('cannot be used: it is not an object');
  }
  // Parsing keeps the last, and whoever has the first would be shut out in silence.
  if (structureErrors(text, NO_NAMES).some(({ code }) => code === 'duplicate_field')) {
    throw unusable('cannot be used: a name comes twice in it; give each caller one entry, with a list in it');
  }
  const parsed = z.array(z.tuple([callerName, schema])).safeParse(Object.entries(value));
  if (!parsed.success) throw unusable(`cannot be used: ${placesOf(parsed.error, entry)}`);
  return new Map(parsed.data);
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** `entry 2 is not a caller with tokens`: never a name or a value. */
function placesOf(error: z.core.$ZodError, entry: string): string {
  const places = error.issues.map(({ path: [index] }) => `entry ${Number(index) + 1}`);
  return [...new Set(places)].map((place) => `${place} is not ${entry}`).join(', ');
}
