import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { contentHash } from './content-hash.ts';
import { summarise } from './field-errors.ts';
import { json, Problem, readJsonText } from './http.ts';
import type { Ledger } from './ledger.ts';
import { accepted, type LedgerRecord, type OrderState, restarted } from './ledger-record.ts';
import { type Log, nameOf } from './observability.ts';
import { type Order, readOrder } from './order.ts';
import type { OrdersQueue } from './queues.ts';

export interface AcceptOrderDeps {
  queue: Pick<OrdersQueue, 'send'>;
  ledger: Pick<Ledger, 'get' | 'replace'>;
  maxBodyBytes: number;
  log: Log;
  now?: () => number;
}

/** What to do with an order, given what the ledger knows of its `external_id` (design, "Intake contract"). */
type Intake =
  | { kind: 'new' }
  /** The same again, and nothing to do: it is on its way, or there. */
  | { kind: 'repeat'; state: OrderState }
  /** The same, or its correction, after it was rejected or parked. */
  | { kind: 'restart'; record: LedgerRecord; isRepeat: boolean }
  | { kind: 'taken'; state: OrderState };

/**
 * `POST /orders`: 202 only after SQS has acknowledged the order, and whatever the ledger is doing.
 *
 * @throws {Problem} 400, 409, 413, 415, 503.
 */
export async function acceptOrder(
  event: APIGatewayProxyEventV2,
  deps: AcceptOrderDeps,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { queue, ledger, maxBodyBytes, now = Date.now } = deps;
  const order = readBody(event, maxBodyBytes, deps.log);
  const { external_id } = order;
  const content_hash = contentHash(order);
  const log = deps.log.child({ external_id });

  const known = await ledger.get(external_id).catch((error) => {
    log.warn('Ledger not read: order taken for new', { error_name: nameOf(error) });
    return undefined;
  });
  const intake = decideIntake(known, content_hash);
  if (intake.kind === 'repeat') return answer(order, intake.state, true);
  if (intake.kind === 'taken') {
    throw new Problem('external_id_taken', {
      detail: `Under this external_id another order is ${intake.state}. Send a new order under an id of its own; change this one in the CRM.`,
      members: { state: intake.state },
    });
  }

  await queue.send(JSON.stringify(order), traceOf(event)).catch((error) => {
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

  const record =
    intake.kind === 'new'
      ? accepted({ external_id, content_hash, sentAt: now() })
      : restarted(intake.record, { content_hash }, now());
  // Not written where a consumer was faster: it knows more than we do.
  await ledger.replace(record).catch((error) => {
    log.warn('Acceptance not recorded: the consumer will', { error_name: nameOf(error) });
  });
  log.info('Order accepted', { state: 'accepted' });
  return answer(order, 'accepted', intake.kind === 'restart' && intake.isRepeat);
}

function decideIntake(known: LedgerRecord | undefined, contentHash: string): Intake {
  if (known === undefined) return { kind: 'new' };
  const isRepeat = known.content_hash === contentHash;
  switch (known.state) {
    case 'rejected':
    case 'parked':
      return { kind: 'restart', record: known, isRepeat };
    case 'accepted':
    case 'syncing':
    case 'synced':
    case 'retrying':
    case 'in_doubt':
      return { kind: isRepeat ? 'repeat' : 'taken', state: known.state };
  }
}

function readBody(event: APIGatewayProxyEventV2, maxBodyBytes: number, log: Log): Order {
  const reading = readOrder(readJsonText(event, maxBodyBytes));
  if (reading.ok) return reading.order;
  log.info('Order refused', { problems: summarise(reading.errors) });
  throw new Problem('invalid_order', {
    detail: 'Mend the fields named in errors, and send the order again.',
    members: { errors: reading.errors },
  });
}

const answer = ({ external_id }: Order, state: OrderState, duplicate: boolean) =>
  json(202, { external_id, state, duplicate }, { location: `/orders/${external_id}` });

/** W3C Trace Context, handed on so that one trace can follow the order. */
function traceOf(event: APIGatewayProxyEventV2): { traceparent?: string } {
  const traceparent = event.headers['traceparent'];
  return traceparent !== undefined && /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(traceparent)
    ? { traceparent }
    : {};
}
