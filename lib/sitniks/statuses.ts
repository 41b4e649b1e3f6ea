import * as z from 'zod/mini';
import type { Reason } from '../explanations/reasons.ts';
import type { Exchange } from '../http-calls/exchange.ts';
import { readRetryAfter } from '../http-calls/retry-after.ts';
import type { Order } from '../order/order.ts';
import { errorText, readErrorAnswer } from './error-text.ts';
import { refusalReasons } from './refusal-reasons.ts';
import type { CrmErrorType, CrmFailure } from './result.ts';

/*
 * What Sitniks' statuses mean, whichever of its dialects is spoken.
 */

/** An id as it may be kept and shown: whatever else stands there is text from outside, and no id. */
export const crmId = z.pipe(
  z.pipe(z.union([z.string(), z.number()]), z.transform(String)),
  z.string().check(z.regex(/^[\w.:-]{1,64}$/)),
);

/** A member may be missing or null, as that of an order that a manager made by hand. */
export const orNothing = <T extends z.core.SomeType>(schema: T) =>
  z.pipe(
    z.nullish(schema),
    z.transform((value) => value ?? undefined),
  );
/** The same, and what is not in form is taken for missing as well. */
export const ifReadable = <T extends z.core.SomeType>(schema: T) => z.catch(orNothing(schema), undefined);

/** A text, also one that somebody has written down as a number. */
export const textual = z.pipe(z.union([z.string(), z.number()]), z.transform(String));

/** A number, also one that is written as a text. */
export const numeric = z.union([
  z.number(),
  z.pipe(z.string().check(z.trim(), z.regex(/^\d+(\.\d+)?$/)), z.transform(Number)),
]);

/** {@link failureOf}, and what the answer to a creation says besides: what is wrong with the order, or that it is there. */
export function notCreated(answer: Exchange, order: Order, apiKey: string): CrmFailure {
  if (!answer.answered) return failureOf(answer, '');
  const said = readErrorAnswer(answer.body);
  const words = errorText(said, order, apiKey);
  const failed = failureOf(answer, words);
  const isConflict = answer.status === 409;
  if (failed.type !== 'VALIDATION' && !isConflict) return failed;

  // A 409 alone says that there is one already; with words it may be about something else: the stock, say.
  const reasons: Reason[] =
    isConflict && words === '' ? [{ code: 'duplicate_in_crm' }] : refusalReasons(said);
  const isUnderstood = reasons.some(({ code }) => code !== 'refused_unknown');
  const isThere = reasons.every(({ code }) => code === 'duplicate_in_crm');
  return {
    ...failed,
    type: isThere || (isConflict && !isUnderstood) ? 'CONFLICT' : 'VALIDATION',
    message: withWords(
      `The CRM ${isThere ? 'has this order already' : 'refuses the order'} (${answer.status})`,
      words,
    ),
    reasons,
  };
}

export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** What an answer that is not a success means: the one place that reads the CRM's statuses. */
export function failureOf(answer: Exchange, words: string): CrmFailure {
  if (!answer.answered) {
    return {
      ok: false,
      type: 'CONNECTION',
      message: `The CRM cannot be reached: ${answer.reason}`,
      mayHaveReachedCrm: answer.mayHaveBeenSent,
    };
  }
  const { status } = answer;
  const retryAfterMs = readRetryAfter(answer.headers.get('retry-after'), Date.now());
  const refused = (type: CrmErrorType, message: string): CrmFailure => ({
    ok: false,
    type,
    message: withWords(message, words),
    mayHaveReachedCrm: type === 'CONNECTION',
  });
  const asksToWait = (type: CrmErrorType, message: string): CrmFailure => ({
    ...refused(type, message),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

  if (status === 401 || status === 403)
    return refused('AUTHENTICATION', `The CRM refuses the API key (${status})`);
  if (status === 400 || status === 422) return refused('VALIDATION', `The CRM refuses the order (${status})`);
  if (status === 429) return asksToWait('RATE_LIMIT', 'The CRM asks for a pause (429)');
  if (status >= 500 || status === 408) return asksToWait('CONNECTION', `The CRM failed (${status})`);
  if (status >= 300 && status < 400) {
    return refused(
      'CONFIGURATION',
      `The CRM redirects (${status}): SITNIKS_BASE_URL is not where its API is`,
    );
  }
  return refused('CONFIGURATION', `The CRM does not know this request (${status}): check SITNIKS_BASE_URL`);
}

const withWords = (message: string, words: string): string =>
  words === '' ? message : `${message}: ${words}`;
