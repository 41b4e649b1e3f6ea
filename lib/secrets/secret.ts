import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** There is a secret, but nothing in it that could be used: its text says why, and never what the secret holds. */
export class UnusableSecret extends Error {
  override readonly name = 'UnusableSecret';
}

/** Asking again cannot help with these until somebody changes a setting or the secret. */
const SETTING_ERRORS = new Set([
  'ResourceNotFoundException',
  'AccessDeniedException',
  'DecryptionFailure',
  'InvalidRequestException',
  'InvalidParameterException',
  'ValidationException',
]);

/**
 * The text of a secret.
 *
 * @param what what it should hold, for the words of the error
 * @throws {UnusableSecret} where the secret, or the right to read it, has to be mended; any other error is of
 * Secrets Manager's making and passes.
 */
export const readSecret = async (
  secrets: SecretsManagerClient,
  secretId: string,
  what: string,
): Promise<string> => (await readPresent(secrets, secretId, what)).text;

/** What a secret holds at present. */
export interface SecretVersion {
  text: string;
  /** Secrets Manager's `VersionId`: another one each time that the secret is written, be it with the same text. */
  version: string;
}

/** The text of a secret, and which version of it that is. Throws as {@link readSecret} does. */
export async function readSecretVersion(
  secrets: SecretsManagerClient,
  secretId: string,
  what: string,
): Promise<SecretVersion> {
  const { text, version } = await readPresent(secrets, secretId, what);
  if (version === undefined) throw new Error('Secrets Manager answered without a VersionId');
  return { text, version };
}

async function readPresent(secrets: SecretsManagerClient, secretId: string, what: string) {
  const { SecretString, VersionId } = await secrets
    .send(new GetSecretValueCommand({ SecretId: secretId }))
    .catch((error) => {
      const name = error instanceof Error ? error.name : 'unknown';
      if (!SETTING_ERRORS.has(name)) throw error;
      throw new UnusableSecret(`The secret ${secretId} cannot be read (${name})`);
    });
  if (SecretString === undefined) {
    throw new UnusableSecret(`The secret ${secretId} is binary: store ${what} as text`);
  }
  return { text: SecretString.replace(UNSEEN, '').replace(LEADING_SIGNS, ''), version: VersionId };
}

/** What editors and PowerShell on Windows begin a file with: a byte order mark, and one that was read as Windows-1252, -1251 or CP866. */
const LEADING_SIGNS = /^(?:\s|ï»¿|п»ї|я╗┐)+/u;
/** What is copied along from a page or a chat: no key, token or name has it, and no header could carry it. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
