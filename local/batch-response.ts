/**
 * What becomes of a batch of SQS messages after a Lambda function has been given it, by Lambda's own rules:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
import * as z from 'zod';
import { parseJson } from '../lib/order/parse-json.ts';

/**
 * How one invocation of a function ended.
 * - `returned`: `payload` is the raw JSON text that the runtime handed back; `''` and `'null'` are a handler
 *   that returned nothing.
 * - `failed`: it threw, timed out, was throttled or does not exist. `error` says which, in words that are safe
 *   to log; `detail` is the function's own message, which may quote an order and is therefore never logged.
 */
export type Invocation =
  | { outcome: 'returned'; payload: string }
  | { outcome: 'failed'; error: string; detail?: string };

/** Why a batch was settled as it was: one reason for each of Lambda's rules. */
export type Why =
  | 'function error'
  | 'response ignored'
  | 'complete success'
  | 'partial failure'
  | 'invalid JSON'
  | 'malformed response'
  | 'unknown itemIdentifier';

/** Message ids, each of the batch in exactly one of the two lists, in the order of the batch. */
export type Settlement = { delete: string[]; keep: string[]; why: Why };

/**
 * The response of a function. A missing outer key is not an error to Lambda, so a misspelt one means success.
 * That a list which is no list, or a response which is no object, fails the whole batch is not in AWS's page:
 * it cannot be deserialised, and of the two readings this is the one that loses no message.
 */
const batchResponse = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullable();

/**
 * Decides which messages of a batch are deleted and which stay on the queue.
 *
 * @param messageIds ids of the batch's messages, as the function saw them
 * @param invocation how the function ended
 * @param mapping `reportBatchItemFailures`: whether the mapping has `ReportBatchItemFailures` among its
 *   `FunctionResponseTypes`; without it Lambda does not look at what a function returns
 */
export function settle(
  messageIds: readonly string[],
  invocation: Invocation,
  mapping: { reportBatchItemFailures: boolean },
): Settlement {
  const deleteAll = (why: Why): Settlement => ({ delete: [...messageIds], keep: [], why });
  const keepAll = (why: Why): Settlement => ({ delete: [], keep: [...messageIds], why });

  if (invocation.outcome === 'failed') return keepAll('function error');
  if (!mapping.reportBatchItemFailures) return deleteAll('response ignored');
  if (invocation.payload === '') return deleteAll('complete success');

  const json = parseJson(invocation.payload);
  if (json === undefined) return keepAll('invalid JSON');
  const response = batchResponse.safeParse(json);
  if (!response.success) return keepAll('malformed response');

  const failed = new Set(response.data?.batchItemFailures?.map((item) => item.itemIdentifier));
  const known = new Set(messageIds);
  if (failed.size === 0) return deleteAll('complete success');
  // One foreign id spoils the answer: which message was meant is unknown, so none is taken for done.
  if (![...failed].every((id) => known.has(id))) return keepAll('unknown itemIdentifier');

  return {
    delete: messageIds.filter((id) => !failed.has(id)),
    keep: messageIds.filter((id) => failed.has(id)),
    why: 'partial failure',
  };
}
