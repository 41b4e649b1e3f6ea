import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Caller } from '../callers/callers.ts';
import { orderError } from '../explanations/explain.ts';
import { reasonsOfFields } from '../explanations/field-reasons.ts';
import { codesOf } from '../explanations/reasons.ts';
import { type Log, nameOf } from '../lambda/observability.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { accepted, restarted } from '../ledger/start.ts';
import { isFinal, type OrderState, phaseOf } from '../ledger/states.ts';
import { contentHash } from '../order/content-hash.ts';
import { type FieldError, summarise } from '../order/field-errors.ts';
import { type Order, type OrderReading, readOrder } from '../order/order.ts';
import { traceparent } from '../queues/codec.ts';
import type { OrdersQueue } from '../queues/queues.ts';
import type { Posted } from './contract.ts';
import { decodeUtf8, json, Problem, readJsonBytes } from './http.ts';
import { requireSignature } from './signature.ts';
import { readWaitSeconds, waitForFinalState } from './wait.ts';

export interface AcceptOrderDeps {
  /** Who sends it. */
  caller: Caller;
  /** The same caller as the secret has it now, where that is to be had: asked where a signature does not fit. */
  newerCaller: () => Promise<Caller | undefined>;
  queue: Pick<OrdersQueue, 'send'>;
  ledger: Pick<Ledger, 'get' | 'replace'>;
  /** What is left of the invocation's time. */
  remainingMs: () => number;
  log: Log;
  now?: () => number;
  pause?: (ms: number) => Promise<unknown>;
}

/** An order is about 1 KiB. */
export const MAX_BODY_BYTES = 64 * 1024;

/**
 * A consumer tells a new start from a stale copy by SQS's clock against another consumer's. So nobody sees the message
 * before the ledger says `accepted`, when the clocks no longer matter.
 */
const RESTART_DELAY_SECONDS = 2;

/** What to do with an order, given what the ledger knows of its `external_id`. */
type Intake =
  | { kind: 'new' }
  /** The same again, and nothing to do: it is on its way, or there. */
  | { kind: 'repeat'; record: LedgerRecord }
  /** The same, or its correction, after it was rejected or parked. */
  | { kind: 'restart'; record: LedgerRecord; isRepeat: boolean }
  | { kind: 'taken'; state: OrderState }
  /** The id is somebody else's: how their order fares is not for this caller. */
  | { kind: 'foreign' };

/** What is left of the invocation's time for the answer, when nothing is waited for any more. */
const ANSWER_MS = 1_500;

/**
 * `POST /orders`: 202 only after SQS has acknowledged the order, and whatever the ledger is doing. With `?wait=8` 200
 * once the order is in the CRM; 202 where it is not in time, or has been rejected or parked.
 *
 * @throws {Problem} 400, 401 (the signature), 409, 413, 415, 503.
 */
export async function acceptOrder(
  event: APIGatewayProxyEventV2,
  deps: AcceptOrderDeps,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { caller, queue, ledger, remainingMs, now = Date.now } = deps;
  const waitSeconds = readWaitSeconds(event);
  const { order, omitted } = await readBody(event, deps);
  const { external_id } = order;
  const content_hash = contentHash(order);
  const submitted_by = caller.name;
  const log = deps.log.child({ external_id, submitted_by });

  let canWait = waitSeconds > 0;
  const known = await ledger.get(external_id).catch((error) => {
    log.warn('Ledger not read: order taken for new', { error_name: nameOf(error) });
    // Nobody knows which state would be a new one.
    canWait = false;
    return undefined;
  });
  const finalState = async () =>
    canWait
      ? waitForFinalState(external_id, {
          ledger,
          settledBefore: known?.settled_at,
          waitMs: Math.min(waitSeconds * 1000, remainingMs() - ANSWER_MS),
          now,
          ...(deps.pause && { pause: deps.pause }),
        })
      : undefined;

  const intake = decideIntake(known, content_hash, submitted_by);
  if (intake.kind === 'repeat') {
    const record = isFinal(intake.record.state) ? intake.record : ((await finalState()) ?? intake.record);
    return answer(order, record, { omitted, duplicate: true, isAwaited: canWait });
  }
  if (intake.kind === 'taken') {
    throw new Problem('external_id_taken', {
      detail: `Under this external_id another order is ${intake.state}. Send a new order under an id of its own; change this one in the CRM.`,
      members: { state: intake.state },
    });
  }

  if (intake.kind === 'foreign') {
    throw new Problem('external_id_taken', {
      detail: 'This external_id stands for an order that is not yours. Send yours under an id of its own.',
    });
  }

  const delaySeconds = intake.kind === 'restart' ? RESTART_DELAY_SECONDS : 0;
  // W3C Trace Context is handed on, so that one trace can follow the order.
  const trace = traceparent.safeParse(event.headers['traceparent']).data;
  const attributes = { submitted_by, traceparent: trace };
  await queue.send(JSON.stringify(order), attributes, delaySeconds).catch((error) => {
    log.error('Order not accepted: SQS has not acknowledged it', { error_name: nameOf(error) });
    throw new Problem(
      'temporarily_unavailable',
      {
        detail: 'The order was not accepted. Send it again, with the same external_id.',
        headers: { 'retry-after': '5' },
      },
      { cause: error },
    );
  });

  const started = (from: LedgerRecord | undefined) =>
    from === undefined
      ? accepted({ external_id, content_hash, submitted_by, sentAt: now() })
      : restarted(from, { content_hash, submitted_by }, now());
  await record(intake.kind === 'new' ? undefined : intake.record, started, ledger).catch((error) => {
    log.warn('Acceptance not recorded: the consumer will', { error_name: nameOf(error) });
  });
  log.info('Order accepted', { state: 'accepted' });
  return answer(order, await finalState(), {
    omitted,
    duplicate: intake.kind === 'restart' && intake.isRepeat,
    isAwaited: canWait,
  });
}

/** Not written where a consumer was faster: it knows more than we do. Unless it has only noted something. */
async function record(
  from: LedgerRecord | undefined,
  started: (from: LedgerRecord | undefined) => LedgerRecord,
  ledger: AcceptOrderDeps['ledger'],
): Promise<void> {
  if ((await ledger.replace(started(from))) !== undefined || from === undefined) return;
  const current = await ledger.get(from.external_id);
  if (current?.state === from.state && current.settled_at === from.settled_at) {
    await ledger.replace(started(current));
  }
}

function decideIntake(known: LedgerRecord | undefined, contentHash: string, caller: string): Intake {
  if (known === undefined) return { kind: 'new' };
  // What nobody has signed for and never was an order: the id is free.
  const isFree = known.submitted_by === undefined && known.error?.type === 'MALFORMED';
  if (known.submitted_by !== caller && !isFree) return { kind: 'foreign' };
  const isRepeat = known.content_hash === contentHash;
  if (phaseOf(known.state) === 'waiting') return { kind: 'restart', record: known, isRepeat };
  return isRepeat ? { kind: 'repeat', record: known } : { kind: 'taken', state: known.state };
}

async function readBody(
  event: APIGatewayProxyEventV2,
  { caller, newerCaller, log }: AcceptOrderDeps,
): Promise<Extract<OrderReading, { ok: true }>> {
  const bytes = readJsonBytes(event, MAX_BODY_BYTES);
  await requireSignature({ body: bytes, headers: event.headers }, caller, newerCaller);
  const reading = readOrder(decodeUtf8(bytes));
  if (reading.ok) return reading;
  const reasons = reasonsOfFields(reading.errors);
  log.info('Order refused', {
    submitted_by: caller.name,
    problems: summarise(reading.errors),
    reasons: codesOf(reasons),
  });
  throw new Problem('invalid_order', {
    detail: 'Mend the fields named in errors, and send the order again.',
    reasons,
    members: { errors: reading.errors },
  });
}

/** @param record undefined: nothing more is known than that it is accepted */
function answer(
  { external_id }: Order,
  record: LedgerRecord | undefined,
  { omitted, duplicate, isAwaited }: { omitted: FieldError[]; duplicate: boolean; isAwaited: boolean },
): APIGatewayProxyStructuredResultV2 {
  const { state = 'accepted', crm_order_id = null, error } = record ?? {};
  const body: Posted = {
    external_id,
    state,
    duplicate,
    crm_order_id,
    error: error === undefined ? null : orderError(error),
    ...(omitted.length > 0 && { omitted }),
  };
  const status = isAwaited && state === 'synced' ? 200 : 202;
  return json(status, body, { location: `/orders/${external_id}` });
}
