/** What came of one HTTP request: an answer with a status, or none. */
export type Exchange =
  | {
      answered: true;
      status: number;
      headers: Headers;
      /** `undefined`: the status came, but the body did not, or not in time, or was over the cap. */
      body: string | undefined;
    }
  | {
      answered: false;
      /** False only where the connection was never made, so that not a byte of the order can have left. */
      mayHaveBeenSent: boolean;
      reason: string;
    };

/** An order of the CRM's is a few KiB; whatever is larger is not an answer to us. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** Failures from before there was a connection. Everything that is not listed counts as "may have been sent". */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_WRONG_VERSION_NUMBER',
]);

/**
 * One request, one answer, one deadline over both head and body; never throws, never follows a redirect (a 302
 * makes a GET of a POST, a 308 sends the order elsewhere), never retries.
 *
 * The deadline is a controller with a timer of its own: `AbortSignal.timeout` inside `AbortSignal.any` has failed
 * to fire under garbage collection (nodejs/node 57736).
 */
export async function exchange(
  fetch: typeof globalThis.fetch,
  url: URL,
  init: RequestInit,
  timeoutMs: number,
  maxBytes = MAX_ANSWER_BYTES,
): Promise<Exchange> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: abort.signal });
    const body = await readCapped(response, maxBytes).catch(() => undefined);
    return { answered: true, status: response.status, headers: response.headers, body };
  } catch (error) {
    const code = codeOf(error);
    return {
      answered: false,
      mayHaveBeenSent: !NEVER_CONNECTED.has(code),
      reason: abort.signal.aborted ? `no answer within ${timeoutMs / 1000} s` : `connection failed (${code})`,
    };
  } finally {
    clearTimeout(timer);
    // Whatever is still open (a stalled or oversized body) must not stay behind in a frozen container.
    abort.abort();
  }
}

async function readCapped(response: Response, maxBytes: number): Promise<string | undefined> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Only the code: messages of fetch quote header values, and so the key. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}
