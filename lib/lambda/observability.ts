import { Logger } from '@aws-lambda-powertools/logger';

/**
 * All that may ever be in a log line, by name: nothing personal, no key, no token, no text from outside. A field that
 * is not here does not compile, and would not be written either.
 */
const TEXTS = [
  'external_id',
  /** AWS's id of the invocation; in answers of the API it is the problem's `instance`. */
  'request_id',
  'message_id',
  'state',
  'error_type',
  /** Codes of `explanations/reasons.ts`, joined by commas. */
  'reasons',
  'event_id',
  'event_type',
  /** The class of an unexpected error: its text may hold anything, and stays out. */
  'error_name',
  /** Field pointers and codes, as `summarise` gives them. */
  'problems',
  /** Why no answer came to a call, as `exchange` says it: by the deadline, or by Node's code of the failure. */
  'no_answer',
  'crm_order_id',
  /** How far an order is to be, or is. */
  'order_status',
  'submitted_by',
  /** Who has acted on the manager's page, and what came of it. */
  'operator',
  'verdict',
  /** How the probe of a run of `tendDeadLetters` fared. */
  'probe',
  /** Of the daily proof: `2026-01-31`, what is wrong with an order, why a run has ended, and the day in one line. */
  'day',
  'finding',
  'stop',
  'line',
] as const;
const NUMBERS = [
  'attempt',
  'receive_count',
  /** How often it has been sent back from the dead-letter queue. */
  'redriven',
  'status',
  'delay_s',
  /** How long the CRM has taken for an attempt's calls, and how long an order from its acceptance into the CRM. */
  'crm_ms',
  'accepted_to_synced_ms',
  // What a run of `tendDeadLetters` did, in letters.
  'seen',
  'removed',
  'sent_back',
  'waiting',
  'on_their_way',
  'held_back',
  'unreadable',
  'recorded',
  'left_hidden',
  'lost',
  'oldest_under_way_s',
  // What the daily proof has found, in orders.
  'accepted',
  'there',
  'under_way',
  'aside',
  'missing',
  'twice',
  'different',
  'unclear',
  'unproven',
] as const;
const FLAGS = [
  /** The CRM may have the order without having said so. */
  'in_doubt',
  /** Answered as a repeat of what was known. */
  'duplicate',
] as const;

export type LogFields = { [name in (typeof TEXTS)[number]]?: string | undefined } & {
  [name in (typeof NUMBERS)[number]]?: number | undefined;
} & { [name in (typeof FLAGS)[number]]?: boolean | undefined };
export const LOG_FIELDS: ReadonlySet<string> = new Set([...TEXTS, ...NUMBERS, ...FLAGS]);

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log of its own for one order in flight, so that its fields cannot get into another's lines. */
  child(fields: LogFields): Log;
}

/** One JSON object a line on standard output, as CloudWatch Logs Insights reads it. */
export function createLog(service: string): Log {
  return wrap(new Logger({ serviceName: service }), {});
}

function wrap(logger: Logger, context: LogFields): Log {
  const allowed = (fields: LogFields | undefined) =>
    Object.fromEntries(
      Object.entries({ ...context, ...fields }).filter(
        ([key, value]) => LOG_FIELDS.has(key) && value !== undefined,
      ),
    );
  return {
    info: (message, fields) => logger.info(message, allowed(fields)),
    warn: (message, fields) => logger.warn(message, allowed(fields)),
    error: (message, fields) => logger.error(message, allowed(fields)),
    child: (fields) => wrap(logger, { ...context, ...fields }),
  };
}

/** What may be told of an unexpected error. SDK errors are told apart by their name. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
