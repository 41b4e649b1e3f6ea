import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { oneOrMore, parseCallerSecret, signingSecret } from '../callers/caller-secret.ts';
import { outsideUrl } from '../http-calls/outside-url.ts';
import type { Log } from '../lambda/observability.ts';
import type { Cached } from '../secrets/cached.ts';
import { cachedSecret } from '../secrets/cached-secret.ts';
import { readSecretVersion } from '../secrets/secret.ts';

/** A chat of Telegram's, and the bot that is in it. */
export interface Chat {
  botToken: string;
  chat: string;
}

/** Where a caller is told of its orders. Only ever read from the secret: one named in a request would make us call anybody. */
export interface Endpoint {
  url: URL;
  /** `whsec_…`, 1 to 5, the new one first: a callback is signed with each of them. */
  signingSecrets: readonly string[];
}

export interface Endpoints {
  byCaller: ReadonlyMap<string, Endpoint>;
  /** Shops' Telegram chats: what waits for a person is told there. */
  chats: ReadonlyMap<string, Chat>;
  /** The secret's `VersionId`: see `stopped-endpoints.ts`. */
  version: string;
}

/** As Telegram gives them out: a bot's token, and a chat's number or a channel's name. */
const chatSchema = z.pipe(
  z.strictObject({
    bot_token: z.string().check(z.trim(), z.regex(/^\d{1,20}:[\w-]{20,100}$/)),
    chat: z.pipe(
      z.pipe(z.union([z.string(), z.int()]), z.transform(String)),
      z.string().check(z.trim(), z.regex(/^(-?\d{1,20}|@\w{4,64})$/)),
    ),
  }),
  z.transform(({ bot_token, chat }): Chat => ({ botToken: bot_token, chat })),
);

const endpointSchema = z
  .strictObject({
    // A fragment is never sent: whoever wrote one means something else.
    url: z.optional(outsideUrl.check(z.refine((value) => !value.includes('#')))),
    signing_secrets: z.optional(oneOrMore(signingSecret)),
    telegram: z.optional(chatSchema),
  })
  .check(
    z.refine(({ url, signing_secrets, telegram }) =>
      url === undefined
        ? signing_secrets === undefined && telegram !== undefined
        : signing_secrets !== undefined,
    ),
  );

const FORM = {
  wanted: '{ "<caller>": { "url": "https://…", "signing_secrets": "whsec_…" } }',
  entry: 'a caller with an https url and signing_secrets, or with telegram: bot_token and chat',
};

/**
 * Reads who is told: JSON `{ "<caller>": { "url": "https://…", "signing_secrets": "whsec_…" | ["whsec_…", …],
 * "telegram": { "bot_token": "…", "chat": "…" } } }`; either of the two will do.
 * `{}`: nobody.
 *
 * @throws {UnusableSecret} where the secret has to be mended. Its text names entries by their place only.
 */
export async function readEndpoints(secrets: SecretsManagerClient, secretId: string): Promise<Endpoints> {
  const { text, version } = await readSecretVersion(secrets, secretId, 'the endpoints');
  const entries = parseCallerSecret(secretId, text, endpointSchema, FORM);
  const byCaller = new Map<string, Endpoint>();
  const chats = new Map<string, Chat>();
  for (const [caller, { url, signing_secrets, telegram }] of entries) {
    if (url !== undefined && signing_secrets !== undefined) {
      byCaller.set(caller, { url: new URL(url), signingSecrets: signing_secrets });
    }
    if (telegram !== undefined) chats.set(caller, telegram);
  }
  return { byCaller, chats, version };
}

export interface EndpointsOptions {
  CALLBACKS_SECRET: string;
  CALLBACKS_TTL_SECONDS: number;
  CALLBACKS_RETRY_SECONDS: number;
}

/** The endpoints of the callbacks secret, kept as the CRM's key is: shared, for a while, and old ones are better than none. */
export function callbackEndpoints(
  secrets: SecretsManagerClient,
  options: EndpointsOptions,
  log: Log,
): Cached<Endpoints> {
  return cachedSecret({
    what: 'Endpoints',
    load: () => readEndpoints(secrets, options.CALLBACKS_SECRET),
    ttlSeconds: options.CALLBACKS_TTL_SECONDS,
    retrySeconds: options.CALLBACKS_RETRY_SECONDS,
    log,
  });
}
