/**
 * The local stand-in for Lambda's event source mapping from an SQS queue to a function:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 *
 * Of a FIFO queue Lambda invokes one batch of a message group after the other, and in their order. That needs nothing
 * here: SQS gives out nothing of a group of which something is in flight. A function that keeps one message of a group
 * has to keep those behind it as well, for what it says is done is deleted.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { type Invocation, settle, type Why } from './batch-response.ts';
import { recordSchema } from './sqs-record.ts';

/** What one ReceiveMessage and one DeleteMessageBatch can carry, by SQS's own limit. */
const SQS_BATCH = 10;
const BACKOFF_MS = 1_000;

/** Lambda's limits: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
const limits = z
  .object({
    batchSize: z.int().min(1).max(10_000),
    maximumBatchingWindowSeconds: z.int().min(0).max(300).default(0),
    maximumConcurrency: z.int().min(2).max(1_000),
    waitSeconds: z.int().min(1).max(20).default(1),
  })
  .refine(({ batchSize, maximumBatchingWindowSeconds: window }) => batchSize <= SQS_BATCH || window >= 1, {
    message: 'a batchSize above 10 needs a maximumBatchingWindowSeconds of at least 1',
  });

/** A FIFO queue knows no batching window, and so no batch that is larger than one ReceiveMessage. */
const fifoLimits = limits.refine(({ maximumBatchingWindowSeconds: window }) => window === 0, {
  message: 'a FIFO queue has no maximumBatchingWindowSeconds',
});

/**
 * - `invoke` runs the function on a batch. If it rejects, nothing is known of the batch and all of it stays.
 * - `batchSize`, `maximumBatchingWindowSeconds` (0 unless told), `maximumConcurrency`: as in the template.
 * - `reportBatchItemFailures`: whether the template's `functionResponseType` is `ReportBatchItemFailures`.
 * - `waitSeconds`: length of one long poll, 1 to 20 (1 unless told).
 * - `log` is given lines with counts, reasons and names of errors; never a body, an attribute, or the text
 *   of an error, which may quote either. `routine` are those of a batch that was settled as the function said.
 */
export type EventSourceMappingOptions = z.input<typeof limits> & {
  sqs: SQSClient;
  queueUrl: string;
  queueArn: string;
  region: string;
  invoke: (event: SQSEvent) => Promise<Invocation>;
  reportBatchItemFailures: boolean;
  log: (line: string, kind: 'routine' | 'trouble') => void;
};

/**
 * - `stop` ends the polling at once, waits for the invocations in flight and their deletions, and resolves;
 *   with a deadline it resolves by then, in flight or not. A message that the queue hands to the poll just
 *   being ended is neither invoked nor lost: it comes back when its visibility time-out is over. fauxqs does
 *   so for up to `waitSeconds` after, because it does not notice that nobody listens any more.
 * - `idle` is true when nothing is in flight and the last poll found nothing. Messages that are delayed, or
 *   waiting for their visibility time-out, are not seen by it.
 */
export type EventSourceMapping = {
  stop: (options?: { deadlineMs?: number }) => Promise<void>;
  idle: () => boolean;
};

/**
 * Feeds a function from a queue until it is stopped. What a batch's invocation says is to be deleted is
 * deleted (see {@link settle}); what is kept is left alone, for Lambda does not change its visibility.
 *
 * @throws {z.ZodError} if an option is outside Lambda's limits
 */
export function startEventSourceMapping(options: EventSourceMappingOptions): EventSourceMapping {
  const { sqs, queueUrl, invoke, log } = options;
  const isFifo = options.queueArn.endsWith('.fifo');
  const { batchSize, maximumBatchingWindowSeconds, maximumConcurrency, waitSeconds } = (
    isFifo ? fifoLimits : limits
  ).parse(options);
  const toRecord = recordSchema(options);
  const stopping = new AbortController();
  const inFlight = new Set<Promise<void>>();
  let queueWasEmpty = false;

  async function receive(atMost: number, seconds: number): Promise<SQSRecord[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(atMost, SQS_BATCH),
        WaitTimeSeconds: seconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
      { abortSignal: stopping.signal },
    );
    return Messages.map((message) => toRecord.parse(message));
  }

  async function gather(): Promise<SQSRecord[]> {
    const batch = await receive(batchSize, waitSeconds);
    const closes = performance.now() + maximumBatchingWindowSeconds * 1_000;
    while (batch.length > 0 && batch.length < batchSize) {
      const secondsLeft = Math.round((closes - performance.now()) / 1_000);
      if (secondsLeft < 1) break;
      // What was received has used up a receive: it is invoked even if asking for more fails.
      const more = await receive(batchSize - batch.length, Math.min(waitSeconds, secondsLeft)).catch(
        () => null,
      );
      if (more === null) break;
      batch.push(...more);
    }
    return batch;
  }

  async function deleteOnce(records: SQSRecord[]): Promise<{ left: SQSRecord[]; why: string }> {
    const Entries = records.map(({ receiptHandle }, i) => ({ Id: String(i), ReceiptHandle: receiptHandle }));
    try {
      // An HTTP 200 may carry failures of single entries.
      const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      const failed = new Set(Failed.map(({ Id }) => Id));
      return {
        left: records.filter((_, i) => failed.has(String(i))),
        why: [...new Set(Failed.map(({ Code }) => Code))].join(', '),
      };
    } catch (error) {
      return { left: records, why: nameOf(error) };
    }
  }

  async function deleteAll(records: SQSRecord[]): Promise<void> {
    for (let from = 0; from < records.length; from += SQS_BATCH) {
      const first = await deleteOnce(records.slice(from, from + SQS_BATCH));
      if (first.left.length === 0) continue;
      const second = await deleteOnce(first.left);
      if (second.left.length > 0) {
        log(`${second.left.length} done but not deleted, will be delivered again: ${second.why}`, 'trouble');
      }
    }
  }

  async function run(records: SQSRecord[]): Promise<void> {
    try {
      const invocation = await invoke({ Records: records });
      const ids = records.map(({ messageId }) => messageId);
      const settled = settle(ids, invocation, options);
      const error = invocation.outcome === 'failed' ? `: ${invocation.error}` : '';
      log(
        `batch of ${ids.length}: ${settled.keep.length} kept (${settled.why}${error})`,
        kindOf(settled.why),
      );
      const done = new Set(settled.delete);
      await deleteAll(records.filter(({ messageId }) => done.has(messageId)));
    } catch (error) {
      log(
        `batch of ${records.length}: all kept (the function could not be invoked: ${nameOf(error)})`,
        'trouble',
      );
    }
  }

  async function poll(): Promise<void> {
    let trouble = '';
    while (!stopping.signal.aborted) {
      if (inFlight.size >= maximumConcurrency) {
        // Nothing is received that cannot be invoked at once: it would use up its visibility in waiting.
        await Promise.race(inFlight);
        continue;
      }
      try {
        const records = await gather();
        if (trouble !== '') log('receiving again', 'trouble');
        trouble = '';
        queueWasEmpty = records.length === 0;
        if (queueWasEmpty) continue;
        const running = run(records).finally(() => inFlight.delete(running));
        inFlight.add(running);
      } catch (error) {
        if (stopping.signal.aborted) break;
        // Said once, not every second.
        if (trouble !== nameOf(error)) log(`cannot receive, trying on: ${nameOf(error)}`, 'trouble');
        trouble = nameOf(error);
        await pause(BACKOFF_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  const polling = poll();

  return {
    idle: () => inFlight.size === 0 && queueWasEmpty,
    async stop({ deadlineMs } = {}) {
      stopping.abort();
      // The poll may be launching a last batch, so what is in flight is asked for only after it has ended.
      const ended = polling.then(() => Promise.all(inFlight)).then(() => undefined);
      if (deadlineMs === undefined) return ended;
      const timer = new AbortController();
      const deadline = pause(deadlineMs, 'late', { signal: timer.signal }).catch(() => undefined);
      if ((await Promise.race([ended, deadline])) === 'late')
        log(`stopped with ${inFlight.size} still in flight`, 'trouble');
      timer.abort();
    },
  };
}

function kindOf(why: Why): 'routine' | 'trouble' {
  switch (why) {
    case 'complete success':
    case 'partial failure':
    case 'response ignored':
      return 'routine';
    case 'function error':
    case 'invalid JSON':
    case 'malformed response':
    case 'unknown itemIdentifier':
      return 'trouble';
  }
}

/** Name, code and causes of an error: what says enough without its message, which may quote a body. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return `${error.name}${code}${error.cause instanceof Error ? `, ${nameOf(error.cause)}` : ''}`;
}
