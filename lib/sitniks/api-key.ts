import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { parseJson } from '../order/parse-json.ts';
import { readSecret, UnusableSecret } from '../secrets/secret.ts';

/** The name of the key within a secret in JSON (Integration 5.0, "Authentication Error (401)"). */
const KEY_NAME = 'SNITKIX_API_KEY';

const jsonSecret = z.looseObject({ [KEY_NAME]: z.string() });

/** What a bearer token may consist of; anything else would make fetch throw an error that quotes the key. */
const HEADER_VALUE = /^[\x21-\x7e]+$/;

/**
 * Reads the CRM's API key: the secret is the key itself, or JSON with `SNITKIX_API_KEY`.
 *
 * @throws {UnusableSecret} where the secret, or the right to read it, has to be mended; any other error is of
 * Secrets Manager's making and passes.
 */
export async function readApiKey(secrets: SecretsManagerClient, secretId: string): Promise<string> {
  return parseSecret(secretId, await readSecret(secrets, secretId, 'the key'));
}

function parseSecret(secretId: string, secret: string): string {
  const key = secret.startsWith('{') ? fromJson(secretId, secret) : (quoted(secret) ?? secret);
  const trimmed = key.trim();
  if (trimmed === '') throw new UnusableSecret(`The secret ${secretId} is empty`);
  if (!HEADER_VALUE.test(trimmed)) {
    throw new UnusableSecret(
      `The secret ${secretId} holds a character that cannot be sent in a header: store the key alone, or JSON with ${KEY_NAME}`,
    );
  }
  return trimmed;
}

/** What stands alone in quotation marks is a JSON text: nobody's key begins and ends with one. */
const quoted = (secret: string): string | undefined => z.string().safeParse(parseJson(secret)).data;

function fromJson(secretId: string, secret: string): string {
  const value = parseJson(secret);
  if (value === undefined) throw new UnusableSecret(`The secret ${secretId} looks like JSON, but is not`);
  const parsed = jsonSecret.safeParse(value);
  const key = parsed.success ? parsed.data[KEY_NAME] : undefined;
  if (key === undefined) throw new UnusableSecret(`The secret ${secretId} has no text under ${KEY_NAME}`);
  return key;
}
