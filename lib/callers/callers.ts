import { createHash, timingSafeEqual } from 'node:crypto';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import type { Cached } from '../secrets/cached.ts';
import { readSecret, UnusableSecret } from '../secrets/secret.ts';
import { oneOrMore, parseCallerSecret, signingSecret } from './caller-secret.ts';

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

const NO_SECRETS: readonly string[] = [];

/** @param leastLength of a token: what is shorter could be guessed */
function callerEntry(leastLength: number) {
  // What can stand behind `Bearer ` in a header.
  const token = z.string().check(z.trim(), z.minLength(leastLength), z.regex(/^[\x21-\x7e]{1,512}$/));
  const tokensOnly = z.pipe(
    oneOrMore(token),
    z.transform((tokens) => ({ tokens, signing_secrets: NO_SECRETS })),
  );
  const withSignature = z.strictObject({
    tokens: oneOrMore(token),
    signing_secrets: z._default(oneOrMore(signingSecret), []),
  });
  return z.union([tokensOnly, withSignature]);
}

const formOf = (leastLength: number) => ({
  wanted: '{ "<caller>": "<token>" }',
  entry: `a caller with tokens${leastLength > 1 ? ` of ${leastLength} characters or more` : ''}`,
});

/**
 * Reads who may post: JSON `{ "<caller>": "<token>" | ["<new>", "<old>"] | { "tokens": …, "signing_secrets": … } }`.
 * `{}` lets nobody in.
 *
 * @param leastLength of a token
 * @throws {UnusableSecret} where the secret has to be mended. Its text names entries by their place only: a name can
 * be a token, where somebody has mixed them up.
 */
export async function readCallers(
  secrets: SecretsManagerClient,
  secretId: string,
  leastLength = 1,
): Promise<readonly KnownCaller[]> {
  const text = await readSecret(secrets, secretId, 'the tokens');
  const entries = parseCallerSecret(secretId, text, callerEntry(leastLength), formOf(leastLength));

  const callers = [...entries].map(([name, { tokens, signing_secrets }]) => ({
    name,
    signingSecrets: signing_secrets,
    digests: tokens.map(digestOf),
  }));
  const digests = callers.flatMap((caller) => [...new Set(caller.digests.map((one) => one.toString('hex')))]);
  if (new Set(digests).size < digests.length) {
    throw new UnusableSecret(
      `The secret ${secretId} gives two callers the same token: whose order would it be?`,
    );
  }
  return callers;
}

/** Who sends this token, if anybody. */
export interface Callers {
  /** @throws where there is nothing to compare it with: Secrets Manager is down, or the secret is unusable. */
  find(token: string): Promise<Caller | undefined>;
  /**
   * The same caller as the secret has it now, after what was known has refused a signature: a signing secret may have
   * been changed since. `undefined` where nothing newer is to be had, or the token is nobody's any more.
   */
  findNewer(token: string): Promise<Caller | undefined>;
}

/** A token that nobody has may be newer than what is kept: it is looked for once more, as often as `known` allows. */
export function createCallers(known: Cached<readonly KnownCaller[]>): Callers {
  async function findNewer(token: string) {
    const callers = await known.get();
    const newer = await known.replace(callers);
    return newer === callers ? undefined : callerOf(token, newer);
  }
  return {
    find: async (token) => callerOf(token, await known.get()) ?? (await findNewer(token)),
    findNewer,
  };
}

/** In the same time for every token: all digests are compared, and digests are equally long. */
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
