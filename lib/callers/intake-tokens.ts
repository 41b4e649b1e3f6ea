import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Log } from '../lambda/observability.ts';
import { cachedSecret } from '../secrets/cached-secret.ts';
import { type Callers, createCallers, readCallers } from './callers.ts';

export interface IntakeTokensOptions {
  INTAKE_TOKENS_SECRET: string;
  INTAKE_TOKENS_TTL_SECONDS: number;
  INTAKE_TOKENS_RETRY_SECONDS: number;
  INTAKE_TOKENS_LEAST_LENGTH: number;
}

/** The callers of the intake secret, kept as the CRM's key is: shared, for a while, and an old list is better than none. */
export function intakeCallers(
  secrets: SecretsManagerClient,
  options: IntakeTokensOptions,
  log: Log,
): Callers {
  return createCallers(
    cachedSecret({
      what: 'Tokens',
      load: () => readCallers(secrets, options.INTAKE_TOKENS_SECRET, options.INTAKE_TOKENS_LEAST_LENGTH),
      ttlSeconds: options.INTAKE_TOKENS_TTL_SECONDS,
      retrySeconds: options.INTAKE_TOKENS_RETRY_SECONDS,
      log,
    }),
  );
}
