/**
 * One run with faults, by the exported handlers; what they log, as CloudWatch gets it, is read twice: for the story of each
 * order, and for a number of each metric.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { LOG_FIELDS } from '../../lib/lambda/observability.ts';
import { accepted } from '../../lib/ledger/start.ts';
import { kyivDay } from '../../lib/manager/kyiv-day.ts';
import { invokeHandler } from '../../local/invoke.ts';
import type { FaultInput } from '../../local/sandbox/faults.ts';
import { LOG_METRICS } from '../kit/alarms.ts';
import { type CapturedLine, captureLog } from '../kit/captured-log.ts';
import { ledgerOf } from '../kit/dlq.ts';
import { linesOf, stepsIn, storyIn } from '../kit/log-story.ts';
import { PERSONAL, sampleOrder } from '../kit/orders.ts';
import { sampleOutcome } from '../kit/outcomes.ts';
import { type Relay, startRelay } from '../kit/relay.ts';
import { sqsRecord } from '../kit/sqs-record.ts';
import { until } from '../kit/until.ts';

/** Met by a rate limit, which concerns its neighbours as well: so it has none. */
const BUSY = 'busy';
/** Another order comes by the queue under its number. */
const RIVALLED = 'rivalled';

/** Is in the CRM when it is paid for, by the look of its status. */
const MOVED = 'moved';

/** Is in the CRM no more when it is paid for. */
const WITHDRAWN = 'withdrawn';

/** What the CRM does with an order, and what the story of that is, as somebody would tell it who has the log alone. */
const PLOTS: readonly [id: string, fault: FaultInput | undefined, story: readonly string[]][] = [
  [
    RIVALLED,
    undefined,
    [
      'accepted',
      '1: taken in hand',
      '1: synced',
      'told of synced',
      'another came under its number: parked (CONFLICT, number_taken)',
      'told of parked',
    ],
  ],
  [
    'again',
    undefined,
    ['accepted', 'posted again, while accepted', '1: taken in hand', '1: synced', 'told of synced'],
  ],
  [
    MOVED,
    undefined,
    [
      'accepted',
      '1: taken in hand',
      '1: synced',
      'told of synced',
      'to be PAID',
      'is PAID',
      'told of status_changed',
    ],
  ],
  [
    WITHDRAWN,
    undefined,
    [
      'accepted',
      '1: taken in hand',
      '1: synced',
      'told of synced',
      'to be PAID',
      'not PAID: parked (VALIDATION, order_gone)',
      'told of status_not_changed',
    ],
  ],
  [
    'lost',
    { fault: 'lost_response' },
    [
      'accepted',
      '1: taken in hand',
      '1: in doubt (CONNECTION, in_doubt), again in 1 s',
      '2: taken in hand, in doubt',
      '2: synced',
      'told of synced',
    ],
  ],
  [
    'unsure',
    { fault: 'status', status: 503, times: 2 },
    [
      'accepted',
      '1: taken in hand',
      '1: in doubt (CONNECTION, in_doubt), again in 1 s',
      '2: taken in hand, in doubt',
      '2: parked (CONNECTION, in_doubt), in doubt',
      'told of parked',
      'sent back, the 1st time',
      '1: taken in hand, in doubt',
      '1: synced',
      'told of recovered',
    ],
  ],
  [
    'refused',
    { fault: 'validation' },
    [
      'accepted',
      '1: taken in hand',
      '1: rejected (VALIDATION, phone_invalid)',
      'told of rejected',
      'accepted',
      '1: taken in hand',
      '1: synced',
      'told of synced',
    ],
  ],
  [
    'unexplained',
    { fault: 'validation', message: 'The moon is in the wrong house' },
    ['accepted', '1: taken in hand', '1: rejected (VALIDATION, refused_unknown)', 'told of rejected'],
  ],
  [
    'locked',
    { fault: 'unauthorized', times: 99 },
    [
      'accepted',
      '1: taken in hand',
      '1: parked (AUTHENTICATION, key_refused)',
      'told of parked',
      'sent back, the 1st time',
      '1: taken in hand',
      '1: parked (AUTHENTICATION, key_refused)',
      'sent back, the 2nd time',
      '1: taken in hand',
      '1: synced',
      'told of recovered',
    ],
  ],
];
const PATIENCE = { deadlineMs: 30_000 };

const knownSchema = z.object({
  history: z.array(
    z.object({
      step: z.string(),
      at: z.iso.datetime().transform(Date.parse),
      attempt: z.number().optional(),
      error_type: z.string().optional(),
      reasons: z.array(z.string()).optional(),
      status: z.string().optional(),
    }),
  ),
});
let relay: Relay;
let log: ReturnType<typeof captureLog>;
const of = (id: string) => linesOf(log.lines, id);
const linesSaying = (message: string) => log.lines.filter((line) => line.message === message);

beforeAll(async () => {
  log = captureLog();
  relay = await startRelay({
    feed: false,
    visibilitySeconds: 30,
    timeoutMs: 60_000,
    settings: {
      POWERTOOLS_LOG_LEVEL: 'INFO',
      PROVE_RECORDS: 'true',
      MAX_RETRIES: '1',
      RETURN_BASE_SECONDS: '1',
      // Nobody is in a hurry, however busy the machine is: what fails is what was told to.
      CRM_TIMEOUT_MS: '5000',
      CALLBACK_TIMEOUT_MS: '5000',
      WAVE_TIMEOUT_SECONDS: '20',
      PROOFS_TABLE: 'Proofs',
      PROOF_CALLS_PER_MINUTE: '6000',
      // Of today no shop is told.
      TELEGRAM_API_URL: 'http://127.0.0.1:9',
    },
  });
  const { stack } = relay;
  const tend = invokeHandler<object>((await import('../../functions/tend-dead-letters.ts')).handler, {
    timeoutMs: 60_000,
  });
  const { handler: syncOrders } = await import('../../functions/sync-orders.ts');
  const { handler: notifySubmitter } = await import('../../functions/notify-submitter.ts');
  const { handler: proveDay } = await import('../../functions/prove-day.ts');

  for (const [external_id, fault] of PLOTS) {
    if (fault !== undefined) stack.sandbox.setFault({ ...fault, external_id });
    await relay.post(sampleOrder(external_id));
  }
  await relay.post(sampleOrder('again'));
  await relay.post({});
  stack.receiver.setMode({ status: 503 });
  relay.feed();
  await until(() => linesSaying('Callback failed: outcome given back').length > 0, PATIENCE);
  stack.receiver.setMode({});
  await relay.drained(PATIENCE.deadlineMs);

  await relay.putStatus(MOVED, { status: 'PAID' });
  stack.sandbox.setFault({ fault: 'status', status: 404, on: 'status', external_id: WITHDRAWN });
  await relay.putStatus(WITHDRAWN, { status: 'PAID' });
  await relay.drained(PATIENCE.deadlineMs);
  const { customer } = sampleOrder('refused');
  await relay.post(sampleOrder('refused', { customer: { ...customer, phone: '0501112233' } }));
  await relay.drained(PATIENCE.deadlineMs);
  stack.sandbox.setFault({ fault: 'rate_limit', external_id: BUSY });
  await relay.post(sampleOrder(BUSY));
  await relay.inject(sampleOrder(RIVALLED, { payment_method: 'cash' }));
  await relay.drained(PATIENCE.deadlineMs);

  // On no queue: its message is long gone.
  const weeksAgo = Date.now() - 20 * 24 * 60 * 60 * 1000;
  const gone = accepted({ external_id: 'gone', content_hash: 'hash', submitted_by: 'demo' }, weeksAgo);
  await ledgerOf(stack).replace(gone);
  await until(async () => {
    await tend({});
    return log.lines.some((line) => line['probe'] === 'failed');
  }, PATIENCE);
  stack.sandbox.clearFaults();
  await until(async () => {
    await tend({});
    return ['locked', 'unsure'].every((id) => relay.inCrm(id) === 1);
  }, PATIENCE);
  await relay.drained(PATIENCE.deadlineMs);

  const forged = { Records: [sqsRecord(JSON.stringify(sampleOrder('forged')))] };
  await invokeHandler(syncOrders)(forged);
  await invokeHandler(notifySubmitter)({ Records: [sqsRecord(JSON.stringify(sampleOutcome()))] });
  await invokeHandler(proveDay)({ day: kyivDay(Date.now()).name });
  // Nobody is told any more after this.
  stack.receiver.setMode({ status: 410 });
  await relay.post(sampleOrder('last'));
  await until(() => linesSaying('Endpoint stopped: it says that it is gone (410)').length > 0, PATIENCE);
}, 180_000);
afterAll(async () => {
  log.stop();
  await relay.stop();
});

describe('from the log alone the story of an order can be told', () => {
  const isTelling = (news: string) => news.startsWith('told of ');
  const isDoing = (news: string) => !isTelling(news);

  test.each(PLOTS)('%s', (id, _fault, story) => {
    // Told by another function, at its own pace, but in order.
    for (const part of [isTelling, isDoing]) expect(storyIn(of(id)).filter(part)).toEqual(story.filter(part));
  });

  const everyOrder = [...PLOTS.map(([id]) => id), BUSY];

  test.each(everyOrder)('%s: and it is the one that the ledger has', async (id) => {
    const { history } = knownSchema.parse((await relay.get(id)).body);
    const steps = stepsIn(of(id));
    expect(steps).toEqual(history.map(({ at: _, ...step }) => step));
    // What was to come again did not come sooner than it was said.
    for (const { message, timestamp, delay_s = 0 } of of(id)) {
      if (message !== 'Order will be retried') continue;
      const next = history.find(({ step, at }) => step === 'syncing' && at > timestamp);
      expect(next?.at).toBeGreaterThan(timestamp + (delay_s - 1) * 1000);
    }
  });

  test.each(everyOrder)('%s: and what the CRM and its caller have', (id) => {
    const numbers = of(id).flatMap(({ crm_order_id }) => crm_order_id ?? []);
    const inCrm = relay.stack.sandbox.orders().filter(({ body }) => body.external_id === id);
    expect(numbers).toEqual(inCrm.map((order) => String(order.id)));
    const heard = relay
      .outcomes()
      .filter(({ data }) => data.external_id === id)
      .map(({ type }) => `told of ${type.replace('order.', '')}`);
    expect(storyIn(of(id)).filter(isTelling)).toEqual(heard);
  });

  test('with no field but those that may be logged, and with nothing personal', () => {
    const ofPowertools = ['level', 'message', 'timestamp', 'service', 'sampling_rate'];
    const fields = new Set(log.lines.flatMap((line) => Object.keys(line)));
    expect([...fields].filter((field) => !LOG_FIELDS.has(field) && !ofPowertools.includes(field))).toEqual(
      [],
    );
    const all = JSON.stringify(log.lines);
    for (const personal of Object.values(PERSONAL)) expect(all).not.toContain(personal);
  });
});

describe('each metric is counted from lines that the code writes', () => {
  const groupOf = ({ service }: CapturedLine) => `${service}LogGroup`.toLowerCase();

  test.each(LOG_METRICS.map((metric) => [metric.name, metric.group, metric] as const))(
    '%s, in %s',
    (_name, group, { value, counts, unlessCounted }) => {
      const lines = log.lines.filter((line) => groupOf(line) === group.toLowerCase() && counts(line));
      expect(lines.length).toBeGreaterThan(0);
      const field = /^\$\.(\w+)$/.exec(value)?.[1];
      if (field === undefined) expect(Number(value)).toBe(1);
      else for (const line of lines) expect(line[field]).toEqual(expect.any(Number));
      // Nothing happened is a 0 of what is counted, and nothing at all of what is measured.
      expect(unlessCounted).toBe(/Seconds|Milliseconds/.test(_name) ? undefined : 0);
    },
  );

  test('and no more often than it happened', () => {
    const timesOf = (wanted: string) =>
      LOG_METRICS.filter(({ name }) => name === wanted).flatMap(({ group, counts }) =>
        log.lines.filter((line) => groupOf(line) === group.toLowerCase() && counts(line)),
      ).length;
    expect(timesOf('Duplicate')).toBe(1);
    expect(timesOf('RefusedAtTheDoor')).toBe(1);
    // `lost` once, `unsure` twice.
    expect(timesOf('InDoubt')).toBe(3);
    expect(timesOf('Synced')).toBe(timesOf('AcceptedToSyncedMilliseconds'));
    const parked = LOG_METRICS.find(({ name }) => name === 'Parked');
    expect(of(WITHDRAWN).filter((line) => parked?.counts(line))).toMatchObject([{ order_status: 'PAID' }]);
  });
});
