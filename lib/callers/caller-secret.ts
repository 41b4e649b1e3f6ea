import * as z from 'zod';
import { parseJson } from '../order/parse-json.ts';
import { UnusableSecret } from '../secrets/secret.ts';

/** What secrets that have an entry for each caller have in common: `intake-tokens` and `callbacks`. */

/** 24 to 64 bytes in base64 behind `whsec_` (Standard Webhooks, "Signature scheme", symmetric). */
export const signingSecret = z
  .string()
  .trim()
  .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/)
  .refine((secret) => {
    const { byteLength } = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return byteLength >= 24 && byteLength <= 64 && secret.length % 4 === 'whsec_'.length % 4;
  });

/** One, or the new one and the old one while it is being changed. */
export const oneOrMore = <T extends z.ZodType<string>>(schema: T) =>
  z.union([schema.transform((value) => [value]), z.array(schema).min(1).max(5)]);

/** What an entry should be, for the words of an error: as JSON, and as a noun. */
export interface EntryForm {
  wanted: string;
  entry: string;
}

/**
 * Reads the text of such a secret.
 *
 * @param schema of the whole object, its keys callers' names
 * @throws {UnusableSecret} naming entries by their place only: even a name can be a token, where somebody has mixed
 * them up.
 */
export function parseCallerSecret<T extends z.ZodType>(
  secretId: string,
  text: string,
  schema: T,
  { wanted, entry }: EntryForm,
): z.output<T> {
  const unusable = (why: string) => new UnusableSecret(`The secret ${secretId} ${why}`);
  const value = parseJson(text);
  if (value === undefined) throw unusable(`is not JSON: ${wanted} is wanted`);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unusable(`cannot be used: ${placesOf(parsed.error, value, entry)}`);
  return parsed.data;
}

/** `entry 2 is not a caller with tokens`: never a name or a value. */
function placesOf(error: z.ZodError, value: unknown, entry: string): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not an object';
  const names = Object.keys(value);
  const places = error.issues.map(({ path: [name] }) => `entry ${names.indexOf(String(name)) + 1}`);
  return [...new Set(places)].map((place) => `${place} is not ${entry}`).join(', ');
}
