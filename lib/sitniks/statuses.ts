import * as z from 'zod';
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
export const crmId = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^[\w.:-]{1,64}$/));

/** A member may be missing or null, as that of an order that a manager made by hand. */
export const orNothing = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);

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
