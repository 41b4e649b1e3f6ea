import { Logger } from '@aws-lambda-powertools/logger';

/**
 * All that may ever be in a log line, by name: nothing personal, no key, no token, no text from outside. A field that
 * is not here does not compile, and would not be written either.
 */
export interface LogFields {
  external_id?: string | undefined;
  /** AWS's id of the invocation; in answers of the API it is the problem's `instance`. */
  request_id?: string | undefined;
  message_id?: string | undefined;
  state?: string | undefined;
  attempt?: number | undefined;
  receive_count?: number | undefined;
  error_type?: string | undefined;
  /** Codes of `explanations/reasons.ts`, joined by commas. */
  reasons?: string | undefined;
  event_id?: string | undefined;
  event_type?: string | undefined;
  /** The class of an unexpected error: its text may hold anything, and stays out. */
  error_name?: string | undefined;
  /** Field pointers and codes, as `summarise` gives them. */
  problems?: string | undefined;
  status?: number | undefined;
  /** Why no answer came to a call, as `exchange` says it: by the deadline, or by Node's code of the failure. */
  no_answer?: string | undefined;
  crm_order_id?: string | undefined;
  submitted_by?: string | undefined;
  delay_s?: number | undefined;
  /** What a run of `tendDeadLetters` did, in letters. */
  seen?: number | undefined;
  removed?: number | undefined;
  sent_back?: number | undefined;
  waiting?: number | undefined;
  on_their_way?: number | undefined;
  held_back?: number | undefined;
  left_hidden?: number | undefined;
  probe?: 'succeeded' | 'failed' | 'none' | undefined;
}

const ALLOWED = new Set<string>([
  'external_id',
  'request_id',
  'message_id',
  'state',
  'attempt',
  'receive_count',
  'error_type',
  'reasons',
  'event_id',
  'event_type',
  'error_name',
  'problems',
  'status',
  'no_answer',
  'crm_order_id',
  'submitted_by',
  'delay_s',
  'seen',
  'removed',
  'sent_back',
  'waiting',
  'on_their_way',
  'held_back',
  'left_hidden',
  'probe',
] satisfies (keyof LogFields)[]);

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
        ([key, value]) => ALLOWED.has(key) && value !== undefined,
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
