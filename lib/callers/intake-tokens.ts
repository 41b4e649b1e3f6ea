import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Log, nameOf } from '../lambda/observability.ts';
import { cached } from '../secrets/cached.ts';
import { type Callers, createCallers, readCallers } from './callers.ts';

export interface IntakeTokensOptions {
  INTAKE_TOKENS_SECRET: string;
  INTAKE_TOKENS_TTL_SECONDS: number;
  INTAKE_TOKENS_RETRY_SECONDS: number;
}

/** The callers of the intake secret, kept as the CRM's key is: shared, for a while, and an old list is better than none. */
export function intakeCallers(
  secrets: SecretsManagerClient,
  options: IntakeTokensOptions,
  log: Log,
): Callers {
  return createCallers(
    cached({
      load: () => readCallers(secrets, options.INTAKE_TOKENS_SECRET),
      ttlMs: options.INTAKE_TOKENS_TTL_SECONDS * 1000,
      retryMs: options.INTAKE_TOKENS_RETRY_SECONDS * 1000,
      onStale: (error) =>
        log.warn('Tokens not refreshed: the old ones are used', { error_name: nameOf(error) }),
    }),
  );
}
