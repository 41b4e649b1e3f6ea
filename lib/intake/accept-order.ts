import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Caller } from '../callers/callers.ts';
import { orderError } from '../explanations/explain.ts';
import { reasonsOfFields } from '../explanations/field-reasons.ts';
import { codesOf } from '../explanations/reasons.ts';
import { type Log, nameOf } from '../lambda/observability.ts';
import { isContentOf } from '../ledger/content.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { isToBook } from '../ledger/payments.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { isFinal } from '../ledger/states.ts';
import { contentOf } from '../order/content-hash.ts';
import { type FieldError, summarise } from '../order/field-errors.ts';
import type { Order, OrderReading } from '../order/order.ts';
import { type OrderBody, readOrderBody } from '../order/order-body.ts';
import { traceparent } from '../queues/codec.ts';
import type { OrdersQueue } from '../queues/queues.ts';
import type { Posted } from './contract.ts';
import { decideIntake, startOf } from './decide-intake.ts';
import { handOver } from './hand-over.ts';
import { decodeUtf8, json, Problem, readJsonBytes } from './http.ts';
import { noteAccepted } from './note-accepted.ts';
import { passOnStatus } from './pass-on-status.ts';
import { requireSignature, signatureRefused } from './signature.ts';
import { readWaitSeconds, waitForFinalState } from './wait.ts';

export interface AcceptOrderDeps {
  /** Who sends it. */
  caller: Caller;
  /** The same caller as the secret has it now, where that is to be had: asked where a signature does not fit. */
  newerCaller: () => Promise<Caller | undefined>;
  queue: Pick<OrdersQueue, 'send'>;
  ledger: Pick<Ledger, 'get' | 'replace' | 'getAside' | 'putAside'>;
  /** What is left of the invocation's time. */
  remainingMs: () => number;
  log: Log;
  now?: () => number;
  pause?: (ms: number) => Promise<unknown>;
}

/** An order is about 1 KiB. */
export const MAX_BODY_BYTES = 64 * 1024;

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
  const { omitted, signed_at, ...read } = await readBody(event, deps);
  const { payment, ...order } = read.order;
  const { external_id } = order;
  const content = contentOf(order);
  const submitted_by = caller.name;
  const log = deps.log.child({ external_id, submitted_by });

  let canWait = waitSeconds > 0;
  let isRead = true;
  const known = await ledger.get(external_id).catch((error) => {
    log.warn('Ledger not read: order taken for new', { error_name: nameOf(error) });
    // Nobody knows which state would be a new one.
    canWait = false;
    isRead = false;
    return undefined;
  });
  const isOurs = (record: LedgerRecord) =>
    record.submitted_by === submitted_by && isContentOf(record, content);
  const finalState = async () =>
    canWait
      ? waitForFinalState(external_id, {
          ledger,
          caller: submitted_by,
          isOurs,
          settledBefore: known?.settled_at,
          waitMs: Math.min(waitSeconds * 1000, remainingMs() - ANSWER_MS),
          now,
          ...(deps.pause && { pause: deps.pause }),
        })
      : undefined;
  const answerRepeat = async (record: LedgerRecord) => {
    log.info('Order known already', { state: record.state, duplicate: true });
    return answer(order, isFinal(record.state) ? record : ((await finalState()) ?? record), {
      omitted,
      duplicate: true,
      isAwaited: canWait,
    });
  };

  const wanted_status = order.status;
  const intake = decideIntake(known, { external_id, ...content, wanted_status, submitted_by, signed_at });
  // W3C Trace Context is handed on, so that one trace can follow the order.
  const trace = traceparent.safeParse(event.headers['traceparent']).data;
  // Said again of what is on its way, in the CRM or in doubt, it is a repeat.
  const isPaid = (record: LedgerRecord | undefined) =>
    payment !== undefined && (record === undefined || isToBook(record, payment.amount, now()));
  const passOn = (record: LedgerRecord | undefined) =>
    passOnStatus(
      { external_id, status: wanted_status, ...(isPaid(record) && { payment }) },
      { submitted_by, traceparent: trace },
      { queue, ledger, log, now },
    );
  switch (intake.kind) {
    case 'repeat':
      if (isPaid(intake.record)) await passOn(intake.record);
      return answerRepeat(intake.record);
    case 'further': {
      const noted = await passOn(intake.record);
      log.info('Order known already', { state: intake.record.state, duplicate: true });
      return answer(order, noted ?? intake.record, { omitted, duplicate: true, isAwaited: false });
    }
    case 'taken':
      throw taken(intake.record, 'Under this external_id another order of yours is');
    case 'taken_by_nobody':
      throw taken(
        intake.record,
        'Under this external_id an order with other content, from no known caller, is',
      );
    case 'replay':
      throw signatureRefused(
        'The order has been corrected by what was signed later: sign what it is to say, with a new webhook-timestamp',
      );
    case 'foreign':
      throw new Problem('external_id_taken', {
        detail: 'This external_id stands for an order that is not yours. Send yours under an id of its own.',
      });
    case 'new':
    case 'restart':
    case 'take_over':
    // By the queue, because whoever owns it now is to be told: a write of ours whose answer is lost would tell nobody.
    case 'adopt':
  }

  // Unknown where the ledger could not say: it then counts.
  const start = isRead ? startOf(intake) : undefined;
  // So that the consumer need not read what it is told here.
  const noted = intake.kind === 'new' ? { by: randomUUID(), at: now() } : undefined;
  await handOver(order, { submitted_by, start, signed_at, traceparent: trace, noted }, { queue, log });
  const posted = { external_id, ...content, wanted_status, submitted_by, start, signed_at, noted };
  await noteAccepted(known, posted, ledger, now()).catch((error) => {
    log.warn('Acceptance not recorded: the consumer will', { error_name: nameOf(error) });
  });
  // After its order, so that it is noted with it. Where this fails, the order comes again, and brings it along.
  const own = intake.kind === 'take_over' ? undefined : known;
  if (isPaid(own)) await passOn(own);
  const duplicate = intake.kind === 'adopt' || (intake.kind === 'restart' && intake.isRepeat);
  log.info('Order accepted', { state: 'accepted', duplicate });
  const settled = intake.kind === 'adopt' && isFinal(intake.record.state) ? intake.record : undefined;
  return answer(order, settled ?? (await finalState()), { omitted, duplicate, isAwaited: canWait });
}

const taken = ({ state }: LedgerRecord, what: string): Problem =>
  new Problem('external_id_taken', {
    detail: `${what} ${state}. Send a new order under an id of its own; change the one that is there in the CRM.`,
    members: { state },
  });

async function readBody(
  event: APIGatewayProxyEventV2,
  { caller, newerCaller, log }: AcceptOrderDeps,
): Promise<Extract<OrderReading<OrderBody>, { ok: true }> & { signed_at: number | undefined }> {
  const bytes = readJsonBytes(event, MAX_BODY_BYTES);
  const signed_at = await requireSignature({ body: bytes, headers: event.headers }, caller, newerCaller);
  const reading = readOrderBody(decodeUtf8(bytes));
  if (reading.ok) return { ...reading, signed_at };
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
