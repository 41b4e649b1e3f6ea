import { type Exchange, exchange } from '../../http-calls/exchange.ts';
import type { CRMResponse } from '../result.ts';
import { failureOf } from '../statuses.ts';
import type { Pace } from './pace.ts';

/** A key that was used too often is shut for about 60 s, and no `Retry-After` was ever seen. */
const SHUT_MS = 65_000;

/** Whatever is asked for: a container would live out its days with the key shut. */
const MOST_SHUT_MS = 15 * 60_000;

/** 100 orders of a list, at 5 KiB each, and as much again. */
const MAX_LIST_BYTES = 1024 * 1024;

export interface Calling {
  apiKey: string;
  /** Epoch ms: no call is begun later. */
  until: number;
}

export interface Request {
  method?: 'GET' | 'POST' | 'PUT';
  query?: Record<string, string | number>;
  body?: object;
}

/** One call to the Open API. Not `ok`: it was not its turn, and nothing was sent. */
export type Call = (
  path: string,
  request: Request,
  calling: Calling,
) => Promise<CRMResponse<{ answer: Exchange }>>;

export interface CallOptions {
  /** With or without `/open-api` at its end. */
  baseUrl: string;
  /** For each call, until the last byte of its answer. */
  timeoutMs: number;
  pace: Pace;
  /** How long the key is taken for shut after a 429 that does not say. */
  shutMs?: number;
  /** How long at most, however long a 429 says; 15 minutes unless told. */
  mostShutMs?: number;
  fetch?: typeof globalThis.fetch;
}

/** Calls at the key's pace. Make it once per process: its connections, and the pace, are what is shared. */
export function createCall(options: CallOptions): Call {
  const { baseUrl, timeoutMs, pace, fetch = globalThis.fetch } = options;
  const { shutMs = SHUT_MS, mostShutMs = MOST_SHUT_MS } = options;
  const base = new URL(`${baseUrl.replace(/\/+$/, '').replace(/\/open-api$/, '')}/open-api/`);

  return async (path, { method = 'GET', query = {}, body }, { apiKey, until }) => {
    const waitMs = await pace.turn(until);
    if (waitMs > 0) {
      return {
        ok: false,
        type: 'RATE_LIMIT',
        message: 'The calls that the key allows are used up',
        mayHaveReachedCrm: false,
        retryAfterMs: waitMs,
      };
    }
    const url = new URL(path, base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const answer = await exchange(
      fetch,
      url,
      {
        method,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${apiKey}`,
          'user-agent': 'sitniks-orders',
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      },
      timeoutMs,
      MAX_LIST_BYTES,
    );
    if (!answer.answered || answer.status !== 429) return { ok: true, answer };
    const refused = failureOf(answer, '');
    const retryAfterMs = Math.min(refused.retryAfterMs ?? shutMs, mostShutMs);
    pace.shut(retryAfterMs);
    return { ...refused, retryAfterMs };
  };
}
