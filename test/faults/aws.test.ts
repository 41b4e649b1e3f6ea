/** SQS, the ledger and Secrets Manager fail; a socket dies while a container is frozen. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { tellTaleOrder } from '../../bench/fuzz/tell-tales.ts';
import { until as untilTrue } from '../kit/until.ts';
import { type Breakable, type Breakage, type Sent, startBreakable } from './breakable.ts';
import { movableClock } from './movable-clock.ts';
import { openShop, type Shop } from './shop.ts';

/** Longer than any lease, and than a message stays with a function that is not heard of. */
const A_LEASE_MS = 400_000;
/** Longer than a secret is kept. */
const A_TTL_MS = 2_000;

/** However busy the machine is. */
const PATIENCE_MS = 60_000;
const until = (condition: () => unknown) => untilTrue(condition, { deadlineMs: PATIENCE_MS });

const clock = movableClock();
let sqs: Breakable;
let dynamodb: Breakable;
let crm: Breakable;
let shop: Shop;
beforeAll(async () => {
  [sqs, dynamodb, crm] = await Promise.all([startBreakable(), startBreakable(), startBreakable()]);
  shop = await openShop({
    settings: {
      AWS_ENDPOINT_URL_SQS: sqs.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      ORDERS_QUEUE_URL: `${sqs.url}/000000000000/orders`,
      DEAD_LETTER_QUEUE_URL: `${sqs.url}/000000000000/dead-letters`,
      OUTCOMES_QUEUE_URL: `${sqs.url}/000000000000/outcomes.fifo`,
      SITNIKS_BASE_URL: crm.url,
      PROVE_RECORDS: 'true',
      INTAKE_TOKENS_TTL_SECONDS: '1',
      INTAKE_TOKENS_RETRY_SECONDS: '1',
      API_KEY_TTL_SECONDS: '1',
      API_KEY_RETRY_SECONDS: '1',
    },
  });
  const { stack } = shop.relay;
  sqs.target = stack.environment['AWS_ENDPOINT_URL_SQS'] ?? '';
  dynamodb.target = stack.environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
  crm.target = stack.sandbox.url;
});
afterAll(async () => {
  clock.stop();
  await shop.stop();
  await Promise.all([sqs, dynamodb, crm].map((service) => service.stop()));
});
afterEach(() => {
  for (const service of [sqs, dynamodb, crm]) service.mend();
  shop.relay.stack.sandbox.clearFaults();
});

const isSentTo = (queue: string, { action, body }: Sent) =>
  action === 'SendMessage' && body.includes(`/${queue}"`);
const saying = (message: string) => shop.lines.filter((line) => line.message === message);

describe('Secrets Manager is down', () => {
  afterEach(() => shop.relay.stack.secrets.fail(undefined));

  test('and no key was ever read: nobody is let in, nothing is called, and no attempt is counted', async () => {
    const { relay } = shop;
    relay.stack.secrets.fail('unavailable');
    expect(await relay.post(tellTaleOrder('cold-door'))).toMatchObject({ statusCode: 503 });
    await relay.inject(tellTaleOrder('cold'));
    await until(() => saying('No API key to be had: order given back').length > 1);
    expect(relay.stack.sandbox.calls()).toEqual([]);

    relay.stack.secrets.fail(undefined);
    await shop.accepted('cold-door');
    await relay.drained(PATIENCE_MS);
    for (const id of ['cold', 'cold-door']) expect(await shop.fateOf(id)).toBe('synced on attempt 1');
  });

  test('and the old key is good: orders go on as if nothing were', async () => {
    const { relay } = shop;
    relay.stack.secrets.fail('unavailable');
    clock.moveOn(A_TTL_MS);
    await shop.accepted('warm');
    await relay.drained(PATIENCE_MS);
    expect(await shop.fateOf('warm')).toBe('synced on attempt 1');
    for (const what of ['Tokens', 'API keys'])
      expect(saying(`${what} not refreshed: the old ones are used`)).not.toEqual([]);
  });
});

describe('SQS', () => {
  const WAYS: Record<string, Breakage> = {
    'door-refused': 'refused',
    'door-reset': 'reset',
    'door-lost': 'lost',
    'door-silent': () => '{}',
  };

  test('does not acknowledge an order: 503, never 202, and the same again is one order', async () => {
    sqs.breakWhen((sent) => {
      const id = Object.keys(WAYS).find((one) => sent.body.includes(one));
      return id !== undefined && isSentTo('orders', sent) ? WAYS[id] : undefined;
    });
    const ids = Object.keys(WAYS);
    const answers = await Promise.all(ids.map((id) => shop.relay.post(tellTaleOrder(id))));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(ids.map(() => 503));
    sqs.mend();
    for (const id of ids) await shop.accepted(id);
    await shop.relay.drained(PATIENCE_MS);
    for (const id of ids) expect(await shop.fateOf(id)).toBe('synced on attempt 1');
  });

  test('does not take what is to be told of a refused order: refused all the same, and told later, once', async () => {
    const { relay } = shop;
    relay.stack.sandbox.setFault({ fault: 'validation', external_id: 'untold' });
    sqs.breakWhen((sent) => (isSentTo('outcomes.fifo', sent) ? 'refused' : undefined));
    await shop.accepted('untold');
    await until(() => sqs.broken() > 3);
    expect(await relay.get('untold')).toMatchObject({ body: { state: 'rejected' } });
    sqs.mend();
    await relay.drained(PATIENCE_MS);
    expect(await shop.fateOf('untold')).toBe('rejected on attempt 1 (VALIDATION)');
    expect(shop.creations('untold')).toBe(1);
  });

  test('does not take a dead letter: the message stays where it is, and there is one letter in the end', async () => {
    const { relay } = shop;
    relay.stack.sandbox.setFault({ fault: 'validation', external_id: 'undead', times: 2 });
    sqs.breakWhen((sent) => (isSentTo('dead-letters', sent) ? 'refused' : undefined));
    await shop.accepted('undead');
    await until(() => sqs.broken() > 1);
    expect(await relay.get('undead')).toMatchObject({ body: { state: 'syncing' } });
    sqs.mend();
    clock.moveOn(A_LEASE_MS);
    await relay.drained(PATIENCE_MS);
    expect(await shop.fateOf('undead')).toMatch(/^rejected on attempt \d \(VALIDATION\)$/);
  });

  test('does not change when a message comes back: it comes all the same, only later', async () => {
    const { relay } = shop;
    relay.stack.sandbox.setFault({ fault: 'status', status: 500, external_id: 'undelayed' });
    sqs.breakWhen(({ action }) => (action === 'ChangeMessageVisibility' ? 'refused' : undefined));
    await shop.accepted('undelayed');
    await until(() => saying('Visibility not changed').length > 0);
    sqs.mend();
    clock.moveOn(A_LEASE_MS);
    await relay.drained(PATIENCE_MS);
    expect(await shop.fateOf('undelayed')).toBe('synced on attempt 2');
  });

  test('half-fails over a batch with status 200: half is done, and the other half when it comes again', async () => {
    const { relay } = shop;
    const ids = ['half-1', 'half-2'];
    await relay.stopFeeding();
    for (const id of ids) await shop.accepted(id);
    let halves = 0;
    sqs.breakWhen(({ action }) => {
      if (action !== 'ChangeMessageVisibilityBatch' || halves > 0) return undefined;
      halves += 1;
      return () =>
        JSON.stringify({ Successful: [], Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] });
    });
    relay.feed();
    await until(
      () => saying('Records too late: their visibility has run out, and they come again').length > 0,
    );
    await until(() => ids.some((id) => relay.inCrm(id) === 1));
    clock.moveOn(A_LEASE_MS);
    await relay.drained(PATIENCE_MS);
    for (const id of ids) expect(await shop.fateOf(id)).toBe('synced on attempt 1');
  });
});

describe('the ledger', () => {
  test('is down before anything is claimed: accepted, but not a call of the CRM without a claim', async () => {
    const { relay } = shop;
    const givenBack = () => saying('Order given back after an unexpected error').length;
    const before = givenBack();
    dynamodb.breakWhen(() => 'refused');
    await shop.accepted('unclaimed');
    await until(() => givenBack() > before + 1);
    expect(shop.creations('unclaimed')).toBe(0);
    dynamodb.mend();
    await relay.drained(PATIENCE_MS);
    expect(await shop.fateOf('unclaimed')).toBe('synced on attempt 1');
  });

  test('is down after the CRM was called: what was created is found again, not created', async () => {
    const { relay } = shop;
    dynamodb.breakWhen(({ action }) =>
      action === 'PutItem' && relay.inCrm('unwritten') > 0 ? 'refused' : undefined,
    );
    await shop.accepted('unwritten');
    await until(() => dynamodb.broken() > 1);
    dynamodb.mend();
    clock.moveOn(A_LEASE_MS);
    await relay.drained(PATIENCE_MS);
    expect(await shop.fateOf('unwritten')).toBe('synced on attempt 2');
    expect(shop.creations('unwritten')).toBe(1);
  });

  test('has written, and says nothing: its own writing is known again', async () => {
    const lost = new Set<string>();
    dynamodb.breakWhen(({ action, body }) => {
      if (action !== 'PutItem' || lost.has(body)) return undefined;
      lost.add(body);
      return 'lost';
    });
    await shop.accepted('written');
    await shop.relay.drained(PATIENCE_MS);
    expect(dynamodb.broken()).toBeGreaterThan(2);
    expect(await shop.fateOf('written')).toBe('synced on attempt 1');
  });
});

test('a socket that died while the container was frozen: looked up, and then created once', async () => {
  await shop.accepted('before-the-freeze');
  await shop.relay.drained(PATIENCE_MS);
  crm.breakWhen(({ isReused, method }) =>
    method === 'POST' && isReused && crm.broken() === 0 ? 'reset' : undefined,
  );
  await shop.accepted('after-the-freeze');
  await shop.relay.drained(PATIENCE_MS);
  expect(crm.broken()).toBe(1);
  expect(await shop.fateOf('after-the-freeze')).toBe('synced on attempt 2');
});
