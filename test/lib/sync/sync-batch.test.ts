import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { timeToBegin } from '../../../lib/lambda/time-budget.ts';
import { amend } from '../../../lib/ledger/amend.ts';
import { asking } from '../../../lib/ledger/follow.ts';
import { createLedger, type Ledger } from '../../../lib/ledger/ledger.ts';
import type { Outcome } from '../../../lib/ledger/outcome.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import { contentOf } from '../../../lib/order/content-hash.ts';
import { writeLetter } from '../../../lib/queues/codec.ts';
import type { CrmFailure } from '../../../lib/sitniks/result.ts';
import { declinePayment } from '../../../lib/sync/decline-payment.ts';
import { type SyncBatchDeps, syncBatch } from '../../../lib/sync/sync-batch.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { CrmModel } from '../../kit/crm-model.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { parsedOrder } from '../../kit/parsed-order.ts';
import { recordingLog } from '../../kit/recording-log.ts';
import { silentLog } from '../../kit/silent-log.ts';
import { testTemplate } from '../../kit/template.ts';

const BACKOFF = { baseMs: 30_000, capMs: 900_000, maxRetries: 3 };
const FULL_TIME_MS = 60_000;
/** The default of `syncBatch`. */
const CLOCK_SKEW_MS = 60_000;

let stack: Stack;
let now: number;
let crm: CrmModel & { calls: string[]; answers: CrmFailure[] };
/** As they are on the queue: the body, and the attributes. */
let letters: Record<string, unknown>[];
let outcomes: Outcome[];
let delays: Map<string, number>;
let ledger: Ledger;
let runs = 0;

beforeAll(async () => {
  stack = await startStack({ template: testTemplate(), region: 'eu-central-1', apiKeySecret: 'key' });
});
afterAll(() => stack.stop());

beforeEach(() => {
  runs += 1;
  now = Date.parse('2026-01-01T10:00:00Z');
  crm = recordingCrm();
  letters = [];
  outcomes = [];
  delays = new Map();
  ledger = createLedger(stack.dynamodb, { table: 'Ledger', now: () => now });
});

/** The model CRM, with a list of its calls, and answers to give before its own. */
function recordingCrm() {
  const model = new CrmModel();
  const calls: string[] = [];
  const answers: CrmFailure[] = [];
  const { create, find } = model;
  return Object.assign(model, {
    calls,
    answers,
    create: (order: Parameters<typeof create>[0]) => {
      calls.push(`create ${order.external_id}`);
      const answer = answers.shift();
      return answer === undefined ? create.call(model, order) : Promise.resolve(answer);
    },
    find: (order: Parameters<typeof find>[0]) => {
      calls.push(`find ${order.external_id}`);
      return find.call(model, order);
    },
  });
}

let resends = 0;
/** Sent again: another message, with the same body. */
function resent(record: SQSRecord): SQSRecord {
  resends += 1;
  return {
    ...record,
    messageId: `${record.messageId}-${resends}`,
    attributes: { ...record.attributes, SentTimestamp: String(now) },
  };
}

const idOf = (name: string) => `${name}-${runs}`;

function recordOf(name: string, changes: object = {}, record: Partial<SQSRecord> = {}): SQSRecord {
  return {
    messageId: `message-${name}`,
    receiptHandle: `receipt-${name}`,
    body: JSON.stringify(sampleOrder(idOf(name), changes)),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(now - 1000),
      SenderId: 'test',
      ApproximateFirstReceiveTimestamp: String(now),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: 'eu-central-1',
    ...record,
  };
}

/** Runs a batch, and answers the ids of the messages that come back. */
async function run(records: SQSRecord[], changes: Partial<SyncBatchDeps> = {}, remainingMs = FULL_TIME_MS) {
  const invocation = { awsRequestId: 'request', getRemainingTimeInMillis: () => remainingMs };
  const { batchItemFailures } = await syncBatch(records, invocation, {
    settlePayment: declinePayment,
    crm,
    ledger,
    deadLetters: {
      async park(message, parking) {
        const { MessageBody, MessageAttributes } = writeLetter(message, parking);
        const values = Object.entries(MessageAttributes).map(([name, { DataType, StringValue }]) => [
          name,
          DataType === 'Number' ? Number(StringValue) : StringValue,
        ]);
        letters.push({ body: MessageBody, ...Object.fromEntries(values) });
      },
    },
    outcomes: { send: async (outcome) => void outcomes.push(outcome) },
    queue: {
      delay: async (receiptHandle, seconds) => void delays.set(receiptHandle, seconds),
    },
    backoff: BACKOFF,
    concurrency: 1,
    crmTimeoutMs: 10_000,
    log: silentLog,
    now: () => now,
    random: () => 0,
    ...changes,
  });
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const number = (value: number) => ({ dataType: 'Number' as const, stringValue: String(value) });

const down = async (): Promise<never> => {
  throw new Error('down');
};
const stateOf = async (name: string) => (await ledger.get(idOf(name)))?.state;

describe('when something of ours is down', () => {
  test('no ledger, no claim, no call: the order goes back', async () => {
    expect(await run([recordOf('a')], { ledger: { ...ledger, claim: down } })).toEqual(['message-a']);
    expect(crm.calls).toEqual([]);
    expect(delays.get('receipt-a')).toBe(30);
  });

  test('the ledger lost after the creation: the order goes back, and is found instead of made again', async () => {
    expect(await run([recordOf('a')], { ledger: { ...ledger, end: down } })).toEqual(['message-a']);
    expect(crm.count(idOf('a'))).toBe(1);
    now += FULL_TIME_MS + CLOCK_SKEW_MS;
    expect(await run([recordOf('a')])).toEqual([]);
    expect(crm.calls).toEqual([`create ${idOf('a')}`, `find ${idOf('a')}`]);
    expect(await stateOf('a')).toBe('synced');
  });

  test('the dead-letter queue down: the message is not acknowledged, and the order is not called parked', async () => {
    crm.faults = ['authentication'];
    expect(await run([recordOf('a')], { deadLetters: { park: down } })).toEqual(['message-a']);
    expect(await stateOf('a')).toBe('syncing');
    expect(await run([recordOf('b', { adress: 'x' })], { deadLetters: { park: down } })).toEqual([
      'message-b',
    ]);
  });

  test('a message that is no order is parked once, whether the ledger notes it or not', async () => {
    const bad = recordOf('a', { adress: 'x' });
    expect(await run([bad], { ledger: { ...ledger, replace: down } })).toEqual([]);
    expect(letters).toMatchObject([{ error_type: 'MALFORMED' }]);
  });

  test('a visibility that cannot be changed: the order goes back all the same', async () => {
    crm.faults = ['timeout'];
    const queue = { send: async () => undefined, delay: down };
    expect(await run([recordOf('a')], { queue })).toEqual(['message-a']);
    expect(await stateOf('a')).toBe('in_doubt');
  });

  test('no key to be had: nothing is claimed, and no attempt is spent', async () => {
    crm.isReady = async () => false;
    const third = recordOf('a');
    third.attributes.ApproximateReceiveCount = '3';
    expect(await run([third])).toEqual(['message-a']);
    expect(await ledger.get(idOf('a'))).toBeUndefined();
    expect(delays.get('receipt-a')).toBe(120);
  });
});

describe('the log', () => {
  const CALL_MS = 700;
  /** As `run`, with a CRM that takes its time; what was said of orders. */
  async function linesOf(records: SQSRecord[], changes: Partial<SyncBatchDeps> = {}) {
    const { log, lines } = recordingLog();
    const { create, find } = crm;
    crm.create = (order) => {
      now += CALL_MS;
      return create(order);
    };
    crm.find = (order) => {
      now += CALL_MS;
      return find(order);
    };
    await run(records, { log, ...changes });
    Object.assign(crm, { create, find });
    return lines;
  }

  test('says that an order is taken in hand, before the CRM is called: an attempt may die with its function', async () => {
    const lines = await linesOf([recordOf('a')], { ledger: { ...ledger, end: down } });
    expect(lines).toMatchObject([
      { message: 'Order taken in hand', external_id: idOf('a'), attempt: 1, redriven: 0, in_doubt: false },
      { message: 'Order given back after an unexpected error' },
    ]);
    now += FULL_TIME_MS + CLOCK_SKEW_MS;
    expect((await linesOf([recordOf('a')]))[0]).toMatchObject({ attempt: 2, in_doubt: true });
  });

  test('says how long the CRM took, and how long the order took since it was sent', async () => {
    const sent = recordOf('a');
    expect((await linesOf([sent]))[1]).toMatchObject({
      message: 'Order synced',
      crm_ms: CALL_MS,
      accepted_to_synced_ms: 1000 + CALL_MS,
    });
  });

  test('counts from when the order was sent, through every attempt, and anew where it was corrected', async () => {
    crm.faults = ['timeout', 'none', 'validation'];
    const content = contentOf(parsedOrder(idOf('a')));
    await ledger.replace(accepted({ external_id: idOf('a'), ...content }, now - 5_000));
    expect((await linesOf([recordOf('a')]))[1]).toMatchObject({
      message: 'Order will be retried',
      crm_ms: CALL_MS,
      error_type: 'CONNECTION',
      reasons: 'in_doubt',
      in_doubt: true,
      delay_s: 30,
    });
    now += 30_000;
    expect((await linesOf([recordOf('a')]))[1]).toMatchObject({
      message: 'Order rejected',
      crm_ms: 2 * CALL_MS,
      in_doubt: false,
    });
    now += 60_000;
    const corrected = resent(recordOf('a', { payment_method: 'cash' }));
    expect((await linesOf([corrected]))[1]).toMatchObject({
      message: 'Order synced',
      accepted_to_synced_ms: 2 * CALL_MS,
    });
  });

  test('says nothing of the CRM where it was not called', async () => {
    const late: Ledger = {
      ...ledger,
      async claim(...of) {
        const claim = await ledger.claim(...of);
        // With what is left no call can begin.
        now += FULL_TIME_MS - 10_000;
        return claim;
      },
    };
    const lines = await linesOf([recordOf('a')], { ledger: late });
    expect(lines.at(-1)).toMatchObject({ message: 'Order will be retried', error_type: 'CONNECTION' });
    expect(lines.at(-1)?.crm_ms).toBeUndefined();
  });

  test('has the end of an order that could not be told', async () => {
    const lines = await linesOf([recordOf('a')], { outcomes: { send: down } });
    expect(lines[1]).toMatchObject({ message: 'Order synced', external_id: idOf('a') });
    expect((await linesOf([recordOf('a')]))[0]).toMatchObject({
      message: 'Order already settled: repeat',
      state: 'synced',
    });
  });
});

describe('the outcome', () => {
  const told = () => outcomes.map(({ type, external_id }) => `${type} ${external_id}`);

  test('of an order in the CRM is told, once it is in the ledger', async () => {
    await run([recordOf('a')], {
      outcomes: {
        async send(outcome) {
          expect(await stateOf('a')).toBe('synced');
          outcomes.push(outcome);
        },
      },
    });
    expect(outcomes).toMatchObject([{ type: 'synced', external_id: idOf('a'), attempts: 1 }]);
  });

  test('of a refusal and of a parking is told with why, by code', async () => {
    crm.faults = ['validation', 'authentication'];
    await run([recordOf('a'), recordOf('b')]);
    expect(outcomes).toMatchObject([
      { type: 'rejected', external_id: idOf('a'), error: { type: 'VALIDATION', reasons: [{}] } },
      { type: 'parked', external_id: idOf('b'), error: { reasons: [{ code: 'key_refused' }] } },
    ]);
    expect(letters.map((letter) => letter['reasons'])).toEqual([expect.stringMatching(/./), 'key_refused']);
  });

  test('is none while an order will be tried again', async () => {
    crm.faults = ['timeout'];
    await run([recordOf('a')]);
    expect(outcomes).toEqual([]);
    expect((await ledger.get(idOf('a')))?.error?.reasons).toEqual([{ code: 'in_doubt' }]);
  });

  test.each(['none', 'validation', 'authentication'] as const)(
    'that cannot be told (%s) keeps the message, and is told when it comes back, with the same id',
    async (fault) => {
      crm.faults = [fault];
      const record = recordOf('a');
      expect(await run([record], { outcomes: { send: down } })).toEqual(['message-a']);
      now += 100_000;
      expect(await run([record])).toEqual([]);
      expect(outcomes).toHaveLength(1);
      // Told once, it is not told again.
      expect(await run([record])).toEqual([]);
      expect(outcomes).toHaveLength(1);
      expect(crm.creations(idOf('a'))).toBe(1);
      expect(letters).toHaveLength(fault === 'none' ? 0 : 1);
    },
  );

  test('that was told, but not noted, is told again with the same id', async () => {
    const record = recordOf('a');
    expect(await run([record], { ledger: { ...ledger, replace: down } })).toEqual([]);
    expect(await run([record])).toEqual([]);
    expect(outcomes).toHaveLength(2);
    expect(outcomes[1]).toEqual(outcomes[0]);
  });

  test('that could not be told is told before the next one, should the order be sent back first', async () => {
    crm.faults = ['authentication'];
    const record = recordOf('a');
    await run([record], { outcomes: { send: down } });
    now += 100_000;
    const returned = resent(recordOf('a', {}, { messageAttributes: { redriven: number(1) } }));
    await run([returned]);
    expect(told()).toEqual([`parked ${idOf('a')}`, `recovered ${idOf('a')}`]);
    expect(await run([record])).toEqual([]);
    expect(outcomes).toHaveLength(2);
  });

  test('of the last return in vain is that somebody must see to it', async () => {
    for (const redriven of [0, 1, 5]) {
      crm.faults = redriven === 0 ? ['authentication'] : ['authentication', 'authentication'];
      await run([resent(recordOf('a', {}, { messageAttributes: { redriven: number(redriven) } }))]);
      now += 100_000;
    }
    expect(outcomes.map(({ error }) => error?.reasons)).toEqual([
      [{ code: 'key_refused' }],
      [{ code: 'given_up' }],
    ]);
  });

  test('of a late copy of what has been corrected since is none', async () => {
    crm.faults = ['validation'];
    const late = recordOf('a');
    await run([late]);
    now += 10_000;
    const corrected = resent(recordOf('a', { payment_method: 'cash' }));
    await run([corrected]);
    now += 10_000;
    expect(await run([late])).toEqual([]);
    expect(told()).toEqual([`rejected ${idOf('a')}`, `synced ${idOf('a')}`]);
    expect(letters).toHaveLength(1);
    // Sent again, it is other content under a known number.
    expect(await run([resent(late)])).toEqual([]);
    expect(letters[1]).toMatchObject({ error_type: 'CONFLICT', reasons: 'number_taken' });
  });

  test('of a message that is no order, or not its own order, is told to whoever sent it, before it is parked', async () => {
    await run([recordOf('a')]);
    const bad = [
      recordOf('b', { adress: 'x' }),
      recordOf('c', {}, { body: 'not JSON' }),
      resent(recordOf('a', { payment_method: 'cash' })),
    ];
    outcomes = [];
    for (const record of bad) {
      expect(await run([record], { outcomes: { send: down } })).toHaveLength(1);
      expect(letters).toEqual([]);
    }
    for (const record of bad) expect(await run([record])).toEqual([]);
    expect(outcomes).toMatchObject([
      {
        type: 'rejected',
        external_id: idOf('b'),
        error: { type: 'MALFORMED', reasons: [{ code: 'field_unknown' }] },
      },
      { type: 'rejected', external_id: undefined, error: { reasons: [{ code: 'not_an_order' }] } },
      { type: 'parked', external_id: idOf('a'), error: { reasons: [{ code: 'number_taken' }] } },
    ]);
    expect(letters).toHaveLength(3);
    const first = [...outcomes];
    for (const record of bad) await run([record]);
    expect(outcomes.slice(3).map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  });

  test('of an order that was parked and then got there is a recovery', async () => {
    crm.faults = ['authentication'];
    await run([recordOf('a')]);
    now += 100_000;
    await run([resent(recordOf('a'))]);
    expect(told()).toEqual([`parked ${idOf('a')}`, `recovered ${idOf('a')}`]);
  });
});

describe('a place at the CRM', () => {
  /** As long as a good many calls of the ledger: whoever is to come meanwhile has come. */
  async function aWhile(): Promise<void> {
    for (let i = 0; i < 20; i += 1) await ledger.get('none');
  }

  test('is the next order’s while the end of the one before is stored', async () => {
    const second = Promise.withResolvers<void>();
    const { create } = crm;
    crm.create = (order) => {
      if (order.external_id === idOf('b')) second.resolve();
      return create(order);
    };
    const end: Ledger['end'] = async (record, how) => {
      if (record.external_id === idOf('a')) await second.promise;
      return ledger.end(record, how);
    };
    expect(await run([recordOf('a'), recordOf('b')], { ledger: { ...ledger, end } })).toEqual([]);
    expect(crm.calls).toEqual([`create ${idOf('a')}`, `create ${idOf('b')}`]);
  });

  test('is taken again for a status that follows: no more are at the CRM than may be', async () => {
    let atCrm = 0;
    let most = 0;
    const { create, setStatus } = crm;
    async function counted<T>(call: () => Promise<T>): Promise<T> {
      atCrm += 1;
      most = Math.max(most, atCrm);
      await aWhile();
      atCrm -= 1;
      return call();
    }
    const moved: string[] = [];
    crm.create = (order) =>
      counted(async () => {
        const created = await create(order);
        await amend(ledger, order.external_id, (record) => asking(record, 'PAID', now));
        return created;
      });
    crm.setStatus = (id, status) =>
      counted(() => {
        moved.push(status);
        return setStatus.call(crm, id, status);
      });
    const names = ['a', 'b', 'c', 'd'];
    expect(await run(names.map((name) => recordOf(name)))).toEqual([]);
    expect(moved).toEqual(names.map(() => 'PAID'));
    expect(most).toBe(1);
  });
});

describe('an invocation that is running out of time', () => {
  test('gives back what it could not finish, unattempted and soon', async () => {
    expect(await run([recordOf('a')], {}, timeToBegin(10_000) - 1)).toEqual(['message-a']);
    expect(crm.calls).toEqual([]);
    expect(await ledger.get(idOf('a'))).toBeUndefined();
    expect(delays.get('receipt-a')).toBe(1);
    expect(await run([recordOf('a')], {}, timeToBegin(10_000))).toEqual([]);
  });

  test('begins no call that could outlive its lease by a clock that is ahead', async () => {
    // The time that a look-up took is the container's sleep: the lease is nearly over when it wakes.
    await run([recordOf('a')], { ledger: { ...ledger, end: down } });
    now += FULL_TIME_MS + CLOCK_SKEW_MS;
    const { find } = crm;
    crm.find = async (order) => {
      now += FULL_TIME_MS - 19_000;
      return find.call(crm, order);
    };
    crm.faults = [];
    const calls = crm.calls.length;
    crm.forget(idOf('a'));
    expect(await run([recordOf('a')])).toEqual(['message-a']);
    expect(crm.calls.slice(calls)).toEqual([`find ${idOf('a')}`]);
    expect(await ledger.get(idOf('a'))).toMatchObject({ state: 'retrying', attempts: 1 });
  });

  test('holds an order no longer than it lives itself, and a clock may be ahead', async () => {
    await run([recordOf('a')], { ledger: { ...ledger, end: down } }, 50_000);
    expect((await ledger.get(idOf('a')))?.lease_until).toBe(now + 50_000 + CLOCK_SKEW_MS);
  });
});

describe('the retries', () => {
  test('are three, after 30, 60 and 120 seconds, and then the order is parked', async () => {
    const waits: (number | undefined)[] = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      // A look-up comes first from the second attempt on.
      crm.faults = attempt === 1 ? ['refused_connection'] : ['none', 'refused_connection'];
      delays.clear();
      await run([recordOf('a')]);
      waits.push(delays.get('receipt-a'));
      now += 1000_000;
    }
    expect(waits).toEqual([30, 60, 120, undefined]);
    expect(letters).toMatchObject([
      { error_type: 'CONNECTION', attempts: 4, external_id: idOf('a'), redriven: 0 },
    ]);
    expect(crm.creations(idOf('a'))).toBe(4);
  });

  test('do not include a fifth creation when the fourth died: it is looked up, and parked', async () => {
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      crm.faults = attempt === 1 ? ['timeout'] : ['none', 'timeout'];
      await run([recordOf('a')]);
      now += 1000_000;
    }
    crm.faults = ['none', 'timeout'];
    await run([recordOf('a')], { deadLetters: { park: down } });
    now += 1000_000;
    crm.calls.length = 0;
    expect(await run([recordOf('a')])).toEqual([]);
    expect(crm.calls).toEqual([`find ${idOf('a')}`]);
    expect(letters).toMatchObject([
      { error_type: 'CONNECTION', attempts: 4, error_message: expect.stringContaining('broke off') },
    ]);
  });

  test.each(['validation', 'authentication'] as const)('are none for %s', async (fault) => {
    crm.faults = [fault];
    expect(await run([recordOf('a')])).toEqual([]);
    expect(letters).toMatchObject([{ error_type: fault.toUpperCase(), attempts: 1 }]);
    expect(await stateOf('a')).toBe(fault === 'validation' ? 'rejected' : 'parked');
  });
});

describe('an order that the CRM says it has already', () => {
  const isThere: CrmFailure = {
    ok: false,
    type: 'CONFLICT',
    message: 'has it',
    mayHaveReachedCrm: false,
    reasons: [{ code: 'duplicate_in_crm' }],
  };

  test("is another's where nothing of ours was ever sent: for a person", async () => {
    crm.answers.push(isThere);
    expect(await run([recordOf('a')])).toEqual([]);
    expect(letters).toMatchObject([{ error_type: 'CONFLICT', reasons: 'duplicate_in_crm' }]);
    expect(await ledger.get(idOf('a'))).toMatchObject({ state: 'parked' });
    expect(crm.calls).toEqual([`create ${idOf('a')}`]);
  });

  test("stays another's when it is sent again, as long as the CRM has that one", async () => {
    crm.answers.push(isThere);
    await run([recordOf('a')]);
    now += 10_000;
    crm.find = async () => ({ ok: true, result: 'found', crmOrderId: '7', likeness: 'nothing_to_compare' });
    await run([resent(recordOf('a'))]);
    expect(await ledger.get(idOf('a'))).toMatchObject({
      state: 'parked',
      error: { reasons: [{ code: 'duplicate_in_crm' }] },
    });
    expect(letters).toHaveLength(2);
    expect(crm.count(idOf('a'))).toBe(0);
  });

  test('on the last attempt may be ours, and comes back by itself to be looked up', async () => {
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      crm.faults = attempt === 1 ? ['timeout'] : attempt === 4 ? [] : ['none', 'refused_connection'];
      if (attempt === 4) crm.answers.push(isThere);
      await run([recordOf('a')]);
      now += 1000_000;
    }
    expect(letters).toMatchObject([{ error_type: 'CONNECTION', reasons: 'duplicate_in_crm', attempts: 4 }]);
    expect(await ledger.get(idOf('a'))).toMatchObject({ state: 'parked', doubt: expect.any(String) });
  });

  test('may be what it was before its correction, and is then not called synced', async () => {
    // In doubt, parked, corrected; and the look-up does not see yet what the CRM commits late.
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      crm.faults = attempt === 1 ? ['timeout'] : ['none', 'timeout'];
      await run([recordOf('a')]);
      now += 1000_000;
    }
    const corrected = resent(recordOf('a', { payment_method: 'cash' }));
    crm.answers.push(isThere);
    await run([corrected]);
    expect((await ledger.get(idOf('a')))?.state).toBe('in_doubt');
    now += 1000_000;
    crm.find = async () => ({ ok: true, result: 'found', crmOrderId: '7', likeness: 'nothing_to_compare' });
    await run([corrected]);
    expect(await ledger.get(idOf('a'))).toMatchObject({
      state: 'parked',
      error: { reasons: [{ code: 'correction_too_late' }] },
    });
  });

  test('is looked up where an earlier call may have got there', async () => {
    crm.faults = ['timeout'];
    const record = recordOf('a');
    await run([record]);
    now += 100_000;
    crm.answers.push(isThere);
    expect(await run([record])).toEqual(['message-a']);
    expect(await ledger.get(idOf('a'))).toMatchObject({ state: 'in_doubt' });
  });
});

describe('a rate limit', () => {
  const limited = (retryAfterMs?: number): CrmFailure => ({
    ok: false,
    type: 'RATE_LIMIT',
    message: 'slow down',
    mayHaveReachedCrm: false,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

  test('stops every further call of the batch for as long as the CRM asked, and costs nobody an attempt', async () => {
    crm.answers.push(limited(7000));
    expect(await run([recordOf('a'), recordOf('b'), recordOf('c')])).toEqual([
      'message-a',
      'message-b',
      'message-c',
    ]);
    expect(crm.calls).toEqual([`create ${idOf('a')}`]);
    expect([...delays.values()]).toEqual([7, 7, 7]);
    expect(await ledger.get(idOf('a'))).toMatchObject({ state: 'retrying', attempts: 0 });
    expect(await ledger.get(idOf('b'))).toBeUndefined();
  });

  test('that is short, again and again, does not use up the receives: each wait is longer', async () => {
    const waits: (number | undefined)[] = [];
    for (const receives of ['1', '4', '8', '20']) {
      crm.answers.push(limited(1000));
      const record = recordOf('a');
      record.attributes.ApproximateReceiveCount = receives;
      await run([record]);
      waits.push(delays.get('receipt-a'));
      now += 1000_000;
    }
    expect(waits).toEqual([1, 8, 128, 900]);
    expect(await ledger.get(idOf('a'))).toMatchObject({ attempts: 0 });
  });

  test('that names an absurd time, or none, is waited for at most the cap, or the first backoff', async () => {
    crm.answers.push(limited(99_999_999_999));
    await run([recordOf('a')]);
    expect(delays.get('receipt-a')).toBe(900);
    crm.answers.push(limited());
    await run([recordOf('b')]);
    expect(delays.get('receipt-b')).toBe(30);
  });
});

test('a correction of what the CRM turns out to have as it was is parked, not sent twice and not called synced', async () => {
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    // Created by the last attempt only, and nobody was told.
    crm.faults = attempt === 1 ? ['timeout'] : ['none', attempt === 4 ? 'lost_response' : 'timeout'];
    await run([recordOf('a')]);
    now += 1000_000;
  }
  letters = [];
  const corrected = resent(recordOf('a', { payment_method: 'cash' }));
  expect(await run([corrected])).toEqual([]);
  expect(letters).toMatchObject([
    { error_type: 'CONFLICT', error_message: expect.stringContaining('correct it there') },
  ]);
  expect(crm.count(idOf('a'))).toBe(1);
});

test('attributes that are not in form are left aside, those that are go with the dead letter', async () => {
  crm.faults = ['authentication', 'authentication', 'authentication'];
  const attributes = (values: Record<string, string>) => ({
    messageAttributes: Object.fromEntries(
      Object.entries(values).map(([name, stringValue]) => [
        name,
        { stringValue, dataType: 'String' as const },
      ]),
    ),
  });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await run([recordOf('a', {}, attributes({ submitted_by: 'bot', redriven: '2', traceparent }))]);
  await run([
    recordOf(
      'b',
      {},
      attributes({ submitted_by: 'Олена +380671234567', redriven: 'many', traceparent: 'x' }),
    ),
  ]);
  expect(letters).toMatchObject([{ submitted_by: 'bot', redriven: 2, traceparent }, { redriven: 0 }]);
  expect(letters[1]).not.toHaveProperty('submitted_by');
  expect(letters[1]).not.toHaveProperty('traceparent');
});
