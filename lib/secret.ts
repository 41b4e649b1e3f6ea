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
export async function readSecret(
  secrets: SecretsManagerClient,
  secretId: string,
  what: string,
): Promise<string> {
  const { SecretString } = await secrets
    .send(new GetSecretValueCommand({ SecretId: secretId }))
    .catch((error) => {
      const name = error instanceof Error ? error.name : 'unknown';
      if (!SETTING_ERRORS.has(name)) throw error;
      throw new UnusableSecret(`The secret ${secretId} cannot be read (${name})`);
    });
  if (SecretString === undefined) {
    throw new UnusableSecret(`The secret ${secretId} is binary: store ${what} as text`);
  }
  return SecretString;
}
