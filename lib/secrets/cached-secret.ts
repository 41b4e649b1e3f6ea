import { type Cached, cached } from './cached.ts';

export interface CachedSecretOptions<T> {
  /** What it holds, for the log: `Tokens`. */
  what: string;
  load: () => Promise<T>;
  ttlSeconds: number;
  /** At most one fetch in this time because of refused values, and while Secrets Manager is down. */
  retrySeconds: number;
  log: { warn(message: string, fields: { error_name: string }): void };
}

/** What a secret holds, kept as all of them are: shared, for a while, and old ones are better than none. */
export const cachedSecret = <T>({
  what,
  load,
  ttlSeconds,
  retrySeconds,
  log,
}: CachedSecretOptions<T>): Cached<T> =>
  cached({
    load,
    ttlMs: ttlSeconds * 1000,
    retryMs: retrySeconds * 1000,
    onStale: (error) =>
      log.warn(`${what} not refreshed: the old ones are used`, {
        error_name: error instanceof Error ? error.name : 'unknown',
      }),
  });
