import { createHash, timingSafeEqual } from 'node:crypto';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import type { Cached } from './cached.ts';
import { readSecret, UnusableSecret } from './secret.ts';

/** Whoever may post orders and ask for their own. */
export interface Caller {
  /** 1 to 64 of `A-Z a-z 0-9 _ . -`: fit for a message attribute, the ledger and a log line. */
  name: string;
  /** `whsec_…`, Standard Webhooks. One or more: a POST has to be signed with one of them. None: it need not be. */
  signingSecrets: readonly string[];
}

/** A caller's tokens, only as SHA-256 digests: the tokens themselves are not kept. */
export interface KnownCaller extends Caller {
  digests: readonly Buffer[];
}

const callerName = z.string().regex(/^[\w.-]{1,64}$/);

/** What can stand behind `Bearer ` in a header. */
const token = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,512}$/);

/** 24 to 64 bytes in base64 behind `whsec_` (Standard Webhooks, "Symmetric"). */
const signingSecret = z
  .string()
  .trim()
  .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/)
  .refine((secret) => {
    const { byteLength } = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return byteLength >= 24 && byteLength <= 64 && secret.length % 4 === 'whsec_'.length % 4;
  });

/** One, or the new one and the old one while it is being changed. */
const oneOrMore = <T extends z.ZodType<string>>(schema: T) =>
  z.union([schema.transform((value) => [value]), z.array(schema).min(1).max(5)]);

const NO_SECRETS: readonly string[] = [];
const tokensOnly = oneOrMore(token).transform((tokens) => ({ tokens, signing_secrets: NO_SECRETS }));

const withSignature = z.strictObject({
  tokens: oneOrMore(token),
  signing_secrets: oneOrMore(signingSecret).default([]),
});

const callersSchema = z.record(callerName, z.union([tokensOnly, withSignature]));

/**
 * Reads who may post: JSON `{ "<caller>": "<token>" | ["<new>", "<old>"] | { "tokens": …, "signing_secrets": … } }`.
 * `{}` lets nobody in.
 *
 * @throws {UnusableSecret} where the secret has to be mended. Its text names entries by their place only: a name can
 * be a token, where somebody has mixed them up.
 */
export async function readCallers(
  secrets: SecretsManagerClient,
  secretId: string,
): Promise<readonly KnownCaller[]> {
  const unusable = (why: string) => new UnusableSecret(`The secret ${secretId} ${why}`);
  const text = await readSecret(secrets, secretId, 'the tokens');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unusable('is not JSON: { "<caller>": "<token>" } is wanted');
  }
  const parsed = callersSchema.safeParse(value);
  if (!parsed.success) throw unusable(`cannot be used: ${placesOf(parsed.error, value)}`);

  const callers = Object.entries(parsed.data).map(([name, { tokens, signing_secrets }]) => ({
    name,
    signingSecrets: signing_secrets,
    digests: tokens.map(digestOf),
  }));
  const digests = callers.flatMap((caller) => [...new Set(caller.digests.map((one) => one.toString('hex')))]);
  if (new Set(digests).size < digests.length) {
    throw unusable('gives two callers the same token: whose order would it be?');
  }
  return callers;
}

/** Who sends this token, if anybody. */
export interface Callers {
  /** @throws where there is nothing to compare it with: Secrets Manager is down, or the secret is unusable. */
  find(token: string): Promise<Caller | undefined>;
}

/** A token that nobody has may be newer than what is kept: it is looked for once more, as often as `known` allows. */
export function createCallers(known: Cached<readonly KnownCaller[]>): Callers {
  return {
    async find(token) {
      const callers = await known.get();
      const caller = callerOf(token, callers);
      if (caller !== undefined) return caller;
      const newer = await known.replace(callers);
      return newer === callers ? undefined : callerOf(token, newer);
    },
  };
}

/** In the same time for every token: all digests are compared, and digests are equally long (reliability notes, 29). */
function callerOf(token: string, callers: readonly KnownCaller[]): Caller | undefined {
  const digest = digestOf(token);
  let found: Caller | undefined;
  for (const caller of callers) {
    for (const known of caller.digests) {
      const isSame = timingSafeEqual(digest, known);
      found = isSame ? caller : found;
    }
  }
  return found;
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** `entry 2`, `entry 1 (tokens)`: never a name or a value. */
function placesOf(error: z.ZodError, value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not an object';
  const names = Object.keys(value);
  const places = error.issues.map(({ path: [name] }) => `entry ${names.indexOf(String(name)) + 1}`);
  return [...new Set(places)].map((place) => `${place} is not a caller with tokens`).join(', ');
}
