import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { callerName } from '../callers/caller-name.ts';
import { oneOrMore, parseCallerSecret, signingSecret } from '../callers/caller-secret.ts';
import { outsideUrl } from '../http-calls/outside-url.ts';
import type { Log } from '../lambda/observability.ts';
import type { Cached } from '../secrets/cached.ts';
import { cachedSecret } from '../secrets/cached-secret.ts';
import { readSecretVersion } from '../secrets/secret.ts';

/** Where a caller is told of its orders. Only ever read from the secret: one named in a request would make us call anybody. */
export interface Endpoint {
  url: URL;
  /** `whsec_…`, 1 to 5, the new one first: a callback is signed with each of them. */
  signingSecrets: readonly string[];
}

export interface Endpoints {
  byCaller: ReadonlyMap<string, Endpoint>;
  /** The secret's `VersionId`: see `stopped-endpoints.ts`. */
  version: string;
}

const endpointSchema = z
  .strictObject({
    // A fragment is never sent: whoever wrote one means something else.
    url: outsideUrl.refine((value) => !value.includes('#')),
    signing_secrets: oneOrMore(signingSecret),
  })
  .transform(({ url, signing_secrets }) => ({ url: new URL(url), signingSecrets: signing_secrets }));

const endpointsSchema = z.record(callerName, endpointSchema);

const FORM = {
  wanted: '{ "<caller>": { "url": "https://…", "signing_secrets": "whsec_…" } }',
  entry: 'a caller with an https url and signing_secrets',
};

/**
 * Reads who is told: JSON `{ "<caller>": { "url": "https://…", "signing_secrets": "whsec_…" | ["whsec_…", …] } }`.
 * `{}`: nobody.
 *
 * @throws {UnusableSecret} where the secret has to be mended. Its text names entries by their place only.
 */
export async function readEndpoints(secrets: SecretsManagerClient, secretId: string): Promise<Endpoints> {
  const { text, version } = await readSecretVersion(secrets, secretId, 'the endpoints');
  const entries = parseCallerSecret(secretId, text, endpointsSchema, FORM);
  return { byCaller: new Map(Object.entries(entries)), version };
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
