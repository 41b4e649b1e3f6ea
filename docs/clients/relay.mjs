/**
 * Sends orders to the relay, and checks its callbacks: to be pasted into a bot or a site. Node 20 or later, and nothing
 * beside it.
 *
 * A library for the second half is `standardwebhooks` (npm): `new Webhook(secret).verify(rawBody, headers)`.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {{ title: string, cause: string, todo: string, customer: string }} Words
 * @typedef {object} Explanation
 * @property {string} reason a code to branch on; take one that you do not know for `unknown`
 * @property {string[]} pointers the fields it is about: `#/customer/phone`
 * @property {'customer' | 'manager' | 'developer' | 'nobody'} who who must act
 * @property {Words} uk `uk.customer` can be sent to the customer as it is
 * @property {Words} en
 *
 * @typedef {object} Posted what 200 and 202 say, and `data` of a callback as well
 * @property {string | null} external_id
 * @property {string | null} crm_order_id
 * @property {{ type: string, message: string, explanations: Explanation[] } | null} error
 *
 * @typedef {object} Callback
 * @property {string} id the same event comes with the same id
 * @property {'order.synced' | 'order.rejected' | 'order.parked' | 'order.recovered' | 'order.status_changed' | 'order.status_not_changed' | 'order.payment_booked' | 'order.payment_not_booked'} type
 * @property {string} timestamp
 * @property {Posted} data
 *
 * @typedef {Partial<Posted> & { state?: string, duplicate?: boolean, explanations?: Explanation[] }} Answer
 */

/** What passes by itself. All else stays as it is, however often it is sent. */
const isPassing = (/** @type {number} */ status) => status === 408 || status === 429 || status >= 500;

/** Longer than this nobody waits in here: send it again later. */
const LONGEST_PAUSE_MS = 60_000;

/** No answer that counts: the order may have been accepted or not. Send it again, under the same `external_id`. */
export class NotAnswered extends Error {
  name = 'NotAnswered';
}

/**
 * Posts an order, and posts it again while the failure is one that passes. Each attempt sends the same bytes under the
 * same `external_id`, so however many of them arrive, it is one order.
 *
 * @param {{ external_id: string } & Record<string, unknown>} order
 * @param {object} options
 * @param {string} options.url of the relay, such as https://orders.example.com
 * @param {string} options.token
 * @param {number} [options.waitSeconds] how long the relay may wait for the CRM: whole seconds, at most 20
 * @param {number} [options.timeoutSeconds] of one attempt
 * @param {number} [options.attempts]
 * @param {number} [options.backoffMs] the first pause; each is twice as long as the one before it
 * @returns {Promise<{ status: number, body: Answer }>} 200: in the CRM, as `crm_order_id`. 202: accepted (`error` says
 *   if something is wrong by now). Anything else: refused for good, `explanations` say why.
 * @throws {NotAnswered}
 */
export async function sendOrder(order, options) {
  const { url, token, waitSeconds = 0, timeoutSeconds = waitSeconds + 15 } = options;
  const { attempts = 5, backoffMs = 1000 } = options;
  const target = new URL(`${url.replace(/\/+$/, '')}/orders${waitSeconds > 0 ? `?wait=${waitSeconds}` : ''}`);
  const headers = new Headers({ authorization: `Bearer ${token}`, 'content-type': 'application/json' });
  const body = JSON.stringify(order);

  for (let attempt = 1; ; attempt += 1) {
    let retryAfterMs = 0;
    let failure;
    try {
      const answer = await post(target, { headers, body }, timeoutSeconds * 1000);
      const isYes = answer.status >= 200 && answer.status < 300;
      if (isYes ? isOf(order, answer.body) : !isPassing(answer.status)) return answer;
      retryAfterMs = answer.retryAfterMs;
      failure = isYes
        ? `${answer.status}, but not from the relay: ${answer.text.slice(0, 80)}`
        : `the answer was ${answer.status}`;
    } catch (error) {
      failure = error;
    }
    // By chance up to half as much again: whoever failed together does not come back together.
    const pauseMs = Math.max(retryAfterMs, backoffMs * 2 ** (attempt - 1) * (1 + Math.random() / 2));
    if (attempt >= attempts || pauseMs > LONGEST_PAUSE_MS) {
      throw new NotAnswered(`Order ${order.external_id}: no answer in ${attempt} attempts (${failure})`, {
        cause: failure,
      });
    }
    await sleep(pauseMs);
  }
}

/**
 * @param {URL} url
 * @param {{ headers: Headers, body: string }} request
 * @param {number} timeoutMs
 */
async function post(url, request, timeoutMs) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    // A redirect is not followed: it would take the order, and the token, to somebody else.
    const options = /** @type {const} */ ({ method: 'POST', redirect: 'manual', signal: abort.signal });
    const response = await fetch(url, { ...options, ...request });
    const text = response.ok ? await response.text() : await response.text().catch(() => '');
    const seconds = Number(response.headers.get('retry-after'));
    return {
      status: response.status,
      body: read(text),
      text,
      retryAfterMs: seconds > 0 ? seconds * 1000 : 0,
    };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What is no JSON, or no object, is the word of something before the relay.
 *
 * @param {string} text
 * @returns {Answer}
 */
function read(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

/**
 * A proxy, a captive portal or a wrong address says yes to anything: only the relay says of which order, and where it is.
 *
 * @param {{ external_id: string }} order
 * @param {Answer} body
 */
const isOf = (order, body) => body.external_id === order.external_id && typeof body.state === 'string';

/**
 * What to send to the customer, of an answer of `sendOrder` or the `data` of a callback. Undefined: there is nothing
 * wrong, or whoever answered was not the relay.
 *
 * @param {Answer} body
 * @param {'uk' | 'en'} [language]
 */
export function customerText(body, language = 'uk') {
  const explanations = body.error?.explanations ?? body.explanations ?? [];
  const theirs = explanations.filter(({ who }) => who === 'customer');
  const told = theirs.length > 0 ? theirs : explanations.slice(0, 1);
  return [...new Set(told.map((explanation) => explanation[language].customer))].join('\n') || undefined;
}

const TOLERANCE_SECONDS = 5 * 60;

/**
 * Reads a callback, if the relay has signed it (Standard Webhooks: HMAC-SHA-256 of `id.timestamp.body`).
 *
 * @param {Buffer} rawBody the bytes as they came: JSON that was read and written again has other bytes
 * @param {Record<string, string | string[] | undefined>} headers as node:http gives them, in lower case
 * @param {string[]} secrets `whsec_…`; two of them while one is being changed for the other
 * @param {number} [now] epoch ms
 * @returns {Callback | undefined} undefined: not signed, or too old; answer 401
 */
export function verifyCallback(rawBody, headers, secrets, now = Date.now()) {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) => {
    const value = headers[`webhook-${name}`];
    return typeof value === 'string' ? value : '';
  });
  if (!id || !signatures || !timestamp || !/^\d{1,12}$/.test(timestamp)) return undefined;
  if (Math.abs(now / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return undefined;

  const given = signatures
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice('v1,'.length), 'base64'));
  const isSigned = secrets.map(keyOf).some((key) => {
    const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody).digest();
    return given.some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
  });
  return isSigned ? JSON.parse(rawBody.toString('utf8')) : undefined;
}

/** A secret that is empty or cut would let everybody sign: better to stop. */
function keyOf(/** @type {string} */ secret) {
  const text = secret.replace(/^whsec_/, '');
  const key = Buffer.from(text, 'base64');
  if (key.length < 24 || key.toString('base64') !== text)
    throw new Error('A secret is whsec_ and at least 24 bytes in base64');
  return key;
}
