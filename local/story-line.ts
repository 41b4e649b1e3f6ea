import * as z from 'zod';

/** A log line of the relay's functions, as far as a person wants to know of it. */
export const logRecordSchema = z.object({
  level: z.string(),
  message: z.string(),
  service: z.string(),
  external_id: z.string().optional(),
  submitted_by: z.string().optional(),
  event_id: z.string().optional(),
  event_type: z.string().optional(),
  state: z.string().optional(),
  crm_order_id: z.string().optional(),
  order_status: z.string().optional(),
  operator: z.string().optional(),
  verdict: z.string().optional(),
  finding: z.string().optional(),
  error_type: z.string().optional(),
  error_name: z.string().optional(),
  no_answer: z.string().optional(),
  reasons: z.string().optional(),
  problems: z.string().optional(),
  status: z.number().optional(),
  attempt: z.number().optional(),
  delay_s: z.number().optional(),
  accepted_to_synced_ms: z.number().optional(),
  in_doubt: z.boolean().optional(),
});
export type LogRecord = z.output<typeof logRecordSchema>;

/** The steps of an order, by what is logged of them. `undefined` of what another line has said already. */
export const STEPS: Readonly<Record<string, (record: LogRecord) => string | undefined>> = {
  'Order accepted': ({ external_id, submitted_by }) => `${external_id} accepted from ${submitted_by}`,
  'Order known already': ({ external_id, state }) => `${external_id} known already, ${state}`,
  'Order refused': ({ submitted_by, problems }) => `an order from ${submitted_by} refused: ${problems}`,
  'Request refused': ({ service, status, error_type }) =>
    error_type === 'invalid_order' ? undefined : `${service} refused a request: ${status} ${error_type}`,
  'Order synced': ({ external_id, crm_order_id, attempt, accepted_to_synced_ms }) =>
    listed(`${external_id} synced as ${crm_order_id}`, attempts(attempt), seconds(accepted_to_synced_ms)),
  'Order will be retried': (record) =>
    `${listed(`${record.external_id} not synced`, why(record), doubt(record), attempts(record.attempt))}: ${again(record)}`,
  'Order rejected': (record) =>
    listed(`${record.external_id} rejected`, why(record), attempts(record.attempt)),
  'Order parked': (record) =>
    listed(`${record.external_id} parked`, why(record), doubt(record), attempts(record.attempt)),
  'Order sent back': ({ external_id }) => `${external_id} sent back from the dead letters`,
  'Operator sends an order': ({ external_id, operator, verdict }) =>
    `${external_id} sent on by ${operator}: ${verdict}`,
  'Status accepted': ({ external_id, order_status }) => `${external_id} is to be ${order_status}`,
  'Status changed': ({ external_id, order_status }) => `${external_id} is ${order_status} in the CRM`,
  'Status will be tried again': (record) =>
    `${listed(`${record.external_id} not yet ${record.order_status}`, why(record))}: ${again(record)}`,
  'Status not changed: parked': (record) =>
    listed(`${record.external_id} stays without ${record.order_status}: parked`, why(record)),
  'Payment booked': ({ external_id }) => `${external_id}: what was paid is booked`,
  'Payment will be tried again': (record) =>
    `${listed(`${record.external_id}: what was paid is not booked yet`, why(record))}: ${again(record)}`,
  'Payment not booked': (record) => listed(`${record.external_id}: what was paid is not booked`, why(record)),
  'Payment not booked: parked': (record) =>
    listed(`${record.external_id}: what was paid is not booked: parked`, why(record)),
  'Submitter told': ({ external_id, submitted_by, event_type }) =>
    `${external_id} ${event_type}: ${submitted_by} told`,
  'Callback failed: outcome given back': (record) =>
    `${listed(`${record.external_id} ${record.event_type}: ${record.submitted_by} not told`, why(record))}: ${again(record)}`,
};

/**
 * What a person reads of a log record. Whatever the relay warns of is told, in the relay's own words where there are no
 * better ones; of the rest only an order's steps.
 */
export function storyLine(record: LogRecord): string | undefined {
  const { level, message, service, external_id = service } = record;
  const step = STEPS[message];
  if (step !== undefined) return printable(step(record));
  if (level === 'INFO' || level === 'DEBUG') return undefined;
  return printable(listed(`${external_id} ${message}`, why(record)));
}

const listed = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(', ');

const attempts = (count: number | undefined): string | undefined =>
  count === undefined ? undefined : `${count} ${count === 1 ? 'attempt' : 'attempts'}`;

const seconds = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : `${(ms / 1000).toFixed(1)} s`;

const doubt = ({ in_doubt }: LogRecord): string | undefined =>
  in_doubt === true ? 'may be in the CRM' : undefined;

const again = ({ delay_s }: LogRecord): string => `again in ${delay_s} s`;

/** Most telling first: how a call went says more than its kind. */
function why({
  error_type,
  reasons = '',
  status,
  no_answer,
  error_name,
  finding,
  problems,
}: LogRecord): string {
  // Said in words.
  const codes = reasons.split(',').filter((code) => code !== '' && code !== 'in_doubt');
  const kind = codes.length === 0 ? error_type : `${error_type} (${codes.join(', ')})`;
  const http = status === undefined ? undefined : `HTTP ${status}`;
  return listed(no_answer ?? kind, http, error_name, finding, problems);
}

/** A number that comes from outside must not move the terminal's cursor. */
const printable = (line: string | undefined): string | undefined => line?.replaceAll(/\p{C}/gu, '�');
