import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import type { Caller } from '../callers/callers.ts';
import { decodeUtf8, json, Problem, readJsonBytes } from '../intake/http.ts';
import type { Log } from '../lambda/observability.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { isExternalId } from '../order/external-id.ts';
import { changesSchema } from './draft.ts';
import { explanationsOf, type OverviewDeps, overview } from './overview.ts';
import { draftFor, type SendOneDeps, sendOne } from './send-one.ts';
import { storyOf } from './story.ts';

export interface ManagerApiDeps extends SendOneDeps, Pick<OverviewDeps, 'listing'> {
  /** Who is asking, and acts. */
  operator: Caller;
  log: Log;
}

/** A correction is a few fields. */
const MOST_BYTES = 16 * 1024;

const sendSchema = z.strictObject({
  changes: z._default(changesSchema, {}),
  trial: z._default(z.boolean(), false),
});

/**
 * What the manager's page asks for, of an operator who has been let in: `overview`, `orders/{external_id}`, its
 * `/draft`, and `/send`. Nothing is kept by whatever is in between.
 *
 * @throws {Problem} 400, 404, 413, 415.
 */
export async function managerApi(
  event: APIGatewayProxyEventV2,
  deps: ManagerApiDeps,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { method, path } = event.requestContext.http;
  const [name, rest] = partsOf(path);
  if (method === 'GET' && name === 'overview') return answer(await overview(deps));
  const externalId = event.pathParameters?.['external_id'] ?? '';
  const record = isExternalId(externalId) ? await deps.ledger.get(externalId) : undefined;
  if (name !== 'orders' || record === undefined) {
    throw new Problem('order_not_found', {
      detail: 'No order has come in under this external_id in the last 90 days.',
    });
  }
  if (method === 'GET' && rest === undefined) return answer(storyOf(record));
  if (method === 'GET' && rest === 'draft') {
    return answer(await draftFor(externalId, wantedOf(record), deps));
  }
  return answer(await send(event, externalId, deps));
}

async function send(event: APIGatewayProxyEventV2, externalId: string, deps: ManagerApiDeps) {
  const { operator, log } = deps;
  const { changes, trial } = readSend(event);
  const result = await sendOne(externalId, { changes, isTrial: trial }, deps);
  if (!trial) {
    log.info('Operator sends an order', {
      external_id: externalId,
      operator: operator.name,
      verdict: result.verdict,
      // Which fields, never what they say.
      problems: Object.keys(changes).join(' '),
    });
  }
  return result;
}

function readSend(event: APIGatewayProxyEventV2): z.output<typeof sendSchema> {
  const wrong = (detail: string) => new Problem('invalid_query', { detail });
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(readJsonBytes(event, MOST_BYTES)));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw wrong('The body is not JSON.');
  }
  const parsed = sendSchema.safeParse(value);
  if (!parsed.success) {
    throw wrong('Send { "changes": { "<pointer>": "<text>" }, "trial": true or false }.');
  }
  return parsed.data;
}

/** What has to be seen of an order, because it is what has to be corrected. */
const wantedOf = ({ error }: LedgerRecord): ReadonlySet<string> =>
  new Set(error === undefined ? [] : explanationsOf(error).flatMap(({ pointers }) => pointers));

/** Of `/manager/api/orders/1042/draft`: `orders` and `draft`. */
function partsOf(path: string): [string | undefined, string | undefined] {
  const [, , , name, , rest] = path.split('/');
  return [name, rest];
}

const answer = (body: object) => json(200, body, { 'cache-control': 'no-store' });
