/** What comes in, and how often: repeats, poison, abuse, other versions, two containers, keys. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { TELL_TALES, tellTaleOrder } from '../../bench/fuzz/tell-tales.ts';
import { problemSchema } from '../../lib/intake/contract.ts';
import type { Invocation } from '../../local/batch-response.ts';
import { refOf } from '../kit/dlq.ts';
import { until as untilTrue } from '../kit/until.ts';
import { movableClock } from './movable-clock.ts';
import { openShop, type Shop } from './shop.ts';

/** However busy the machine is. */
const PATIENCE_MS = 60_000;
const until = <T>(condition: () => T | Promise<T>, everyMs = 20) =>
  untilTrue(condition, { deadlineMs: PATIENCE_MS, everyMs });

type Invoke = (event: SQSEvent) => Promise<Invocation>;

const A_VISIBILITY_MS = 31_000;

const clock = movableClock();
let shop: Shop;
/** How a batch is invoked, for the time being. */
let around: (sync: Invoke, event: SQSEvent) => Promise<Invocation>;
const once: typeof around = (sync, event) => sync(event);
beforeAll(async () => {
  around = once;
  shop = await openShop({ visibilitySeconds: 30, invoking: (sync) => (event) => around(sync, event) });
});
afterAll(async () => {
  clock.stop();
  await shop.stop();
});

async function fates(...ids: readonly string[]): Promise<string[]> {
  await shop.relay.drained(PATIENCE_MS);
  const all: string[] = [];
  for (const id of ids) all.push(await shop.fateOf(id));
  return all;
}

describe('how often', () => {
  test('a client that repeats after a 504 of the gateway makes one order, before and after it is there', async () => {
    await Promise.all([1, 2, 3].map(() => shop.accepted('repeated')));
    expect(await fates('repeated')).toEqual(['synced on attempt 1']);
    expect(await shop.relay.post(tellTaleOrder('repeated'))).toMatchObject({
      statusCode: 202,
      body: { state: 'synced', duplicate: true },
    });
    expect(await fates('repeated')).toEqual(['synced on attempt 1']);
    expect(shop.creations('repeated')).toBe(1);
  });

  test('one message in two containers at once is one order', async () => {
    shop.relay.stack.sandbox.setFault({ fault: 'slow', latency_ms: 300, external_id: 'twice' });
    around = async (sync, event) => {
      const [first] = await Promise.all([sync(event), sync(event)]);
      return first;
    };
    await shop.accepted('twice');
    expect(await fates('twice')).toEqual(['synced on attempt 1']);
    around = once;
    expect(shop.creations('twice')).toBe(1);
  });

  test('whatever becomes of the answer of a function, what comes back is done already', async () => {
    const returned = (payload: string): Invocation => ({ outcome: 'returned', payload });
    const shapes: Invocation[] = [
      returned('{"batchItemFailures":[{"itemIdentifier":""}]}'),
      returned('{"batchItemFailures":[{"itemIdentifier":null}]}'),
      returned('{"batchItemFailures":[{"itemIdentifier":"unknown"}]}'),
      returned('{"batchItemFailures":[{}]}'),
      returned('{"batchItem'),
      { outcome: 'failed', error: 'timed out' },
    ];
    let deliveries = 0;
    around = async (sync, event) => {
      deliveries += 1;
      const answer = await sync(event);
      return shapes.shift() ?? answer;
    };
    await shop.accepted('misread');
    await until(() => {
      // What is kept comes back when its visibility has run out.
      clock.moveOn(A_VISIBILITY_MS);
      return deliveries > 6;
    }, 500);
    expect(await fates('misread')).toEqual(['synced on attempt 1']);
    around = once;
    expect(shop.creations('misread')).toBe(1);
  });

  test('a CRM that hangs is given up in time, also under garbage collection', async () => {
    const ids = ['hangs-1', 'hangs-2', 'hangs-3'];
    setFlagsFromString('--expose-gc');
    const collect = z.custom<() => void>((gc) => typeof gc === 'function').parse(runInNewContext('gc'));
    for (const external_id of ids) {
      shop.relay.stack.sandbox.setFault({ fault: 'timeout', external_id });
      await shop.accepted(external_id);
    }
    await until(() => ids.every((id) => shop.creations(id) > 0));
    for (let times = 1; times <= 3; times += 1) collect();
    expect(await fates(...ids)).toEqual(ids.map(() => 'synced on attempt 2'));
  });
});

describe('what is no order', () => {
  const json = JSON.stringify(tellTaleOrder('poison'));
  const deep = `${'['.repeat(99)}${']'.repeat(99)}`;
  const POISON: readonly [what: string, body: string, isNamed?: true][] = [
    ['no JSON', TELL_TALES.name],
    ['half of one', json.slice(0, -9)],
    ['empty', ' '],
    ['an empty text', '""'],
    ['a byte order mark alone', '\uFEFF'],
    ['1 MiB', `"${'x'.repeat(1_048_000)}"`],
    ['deep', json.replace('"mono"', deep), true],
    ['with __proto__', json.replace('{', '{"__proto__":{"status":"PAID"},'), true],
    ['with a key twice', json.replace('"phone":', '"phone":"1","phone":'), true],
    ['of wrong types', json.replace('1200', '"1200"').replace('"telegram"', '7'), true],
    ['base64', Buffer.from(json).toString('base64')],
    ['of a version that nobody knows', json.replace('{', '{"version":99,'), true],
  ];

  test('by the queue: each on the dead-letter queue as it came, with its reason; its neighbours arrive', async () => {
    const { relay } = shop;
    for (const [i, [, body]] of POISON.entries())
      await relay.inject(body.replace('"poison"', `"poison-${i}"`));
    await shop.accepted('neighbour');
    await relay.inject(`\uFEFF${JSON.stringify(tellTaleOrder('from-windows'))}`);
    expect(await fates('neighbour', 'from-windows')).toEqual(['synced on attempt 1', 'synced on attempt 1']);

    const letters = await shop.letters();
    for (const [i, [what, body, isNamed]] of POISON.entries()) {
      const sent = body.replace('"poison"', `"poison-${i}"`);
      const its = letters.filter((letter) => letter.body === sent);
      expect([what, its.map(({ reason }) => reason)]).toEqual([what, ['MALFORMED']]);
      if (isNamed)
        expect([what, await shop.fateOf(`poison-${i}`)]).toEqual([what, 'rejected on attempt 0 (MALFORMED)']);
    }
    const told = relay.outcomes().filter(({ data }) => data.error?.type === 'MALFORMED');
    expect(new Set(told.map(({ id }) => id)).size).toBe(POISON.length);
    expect(
      relay.stack.sandbox.calls().filter(({ external_id }) => external_id?.startsWith('poison')),
    ).toEqual([]);
  });

  const wrong = { authorization: 'Bearer wrong' };
  test.each<[what: string, status: number, body: string, headers?: Record<string, string>]>([
    ['a wrong token', 401, json, wrong],
    ['a token of another length', 401, json, { authorization: 'Bearer localx' }],
    ['a wrong token with a huge body', 401, 'x'.repeat(200_000), wrong],
    ['too much', 413, json.replace('"mono"', `"${'x'.repeat(70_000)}"`)],
    ['another content type', 415, json, { 'content-type': 'text/plain' }],
    ['a field more', 400, json.replace('{', '{"discount":100,')],
    ['deep nesting', 400, json.replace('"mono"', deep)],
    ['__proto__', 400, json.replace('{', '{"__proto__":{},')],
    ['no JSON', 400, TELL_TALES.name],
  ])('at the door: %s is refused with a reason, and goes nowhere', async (_what, status, body, headers) => {
    const answer = await shop.relay.post(body, headers);
    expect(answer.statusCode).toBe(status);
    expect(problemSchema.parse(answer.body).explanations).not.toEqual([]);
    await shop.relay.drained(PATIENCE_MS);
    expect(shop.relay.inCrm('poison')).toBe(0);
    expect((await shop.relay.get('poison')).statusCode).toBe(404);
  });
});

describe('a deployment in mid-flight', () => {
  const table = () => refOf(shop.relay.stack, 'Ledger');
  /** What records did not have at first. */
  const NEWER = ['maybe_sent', 'start', 'messages', 'status', 'written_by'];
  const keyOf = (external_id: string) => ({ TableName: table(), Key: { external_id: { S: external_id } } });

  test('messages of an older version say less, those of a later one more: both are orders', async () => {
    const { sqs } = shop.relay.stack;
    const attributes = {
      old: {},
      new: { submitted_by: 'demo', start: 'of another kind', priority: 'high', redriven: '-1' },
    };
    for (const [id, values] of Object.entries(attributes)) {
      const MessageAttributes = Object.fromEntries(
        Object.entries(values).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      );
      const MessageBody = JSON.stringify(tellTaleOrder(`${id}-message`));
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: refOf(shop.relay.stack, 'OrdersQueue'),
          MessageBody,
          MessageAttributes,
        }),
      );
    }
    // An older one did not say in whose name it came: whoever posts the same is told of it.
    await shop.relay.drained(PATIENCE_MS);
    await shop.accepted('old-message');
    expect(await fates('old-message', 'new-message')).toEqual(['synced on attempt 1', 'synced on attempt 1']);
  });

  test('a record of an older version is gone on from: what was in doubt is looked up', async () => {
    const { sandbox, dynamodb } = shop.relay.stack;
    sandbox.setFault({ fault: 'lost_response', external_id: 'old-record' });
    around = async (sync, event) => {
      if (event.Records.some(({ attributes }) => attributes.ApproximateReceiveCount === '2')) {
        const { Item = {} } = await dynamodb.send(new GetItemCommand(keyOf('old-record')));
        expect(Item['state']).toEqual({ S: 'in_doubt' });
        const older = Object.entries(Item).filter(([name]) => !NEWER.includes(name));
        await dynamodb.send(new PutItemCommand({ TableName: table(), Item: Object.fromEntries(older) }));
      }
      return sync(event);
    };
    await shop.accepted('old-record');
    expect(await fates('old-record')).toEqual(['synced on attempt 2']);
    around = once;
    expect(shop.creations('old-record')).toBe(1);
  });

  test('a record that only a later version can read is left to it, and its order waits', async () => {
    const { dynamodb } = shop.relay.stack;
    const Item = { external_id: { S: 'new-record' }, state: { S: 'postponed' }, version: { N: '1' } };
    await dynamodb.send(new PutItemCommand({ TableName: table(), Item }));
    await shop.accepted('new-record');
    const givenBack = () =>
      shop.lines.filter(({ message }) => /^Order given back after/.test(message)).length;
    const before = givenBack();
    await until(() => givenBack() > before);
    expect(shop.creations('new-record')).toBe(0);
    await dynamodb.send(new DeleteItemCommand(keyOf('new-record')));
    expect(await fates('new-record')).toEqual(['synced on attempt 1']);
  });
});

describe('the key', () => {
  const SECRET = 'test/api-key';
  async function five(prefix: string): Promise<string[]> {
    const ids = Array.from({ length: 5 }, (_, n) => `${prefix}-${n}`);
    await Promise.all(ids.map((id) => shop.accepted(id)));
    return fates(...ids);
  }

  test('is rotated: five orders at once arrive, with one more GetSecretValue', async () => {
    const { sandbox, secrets } = shop.relay.stack;
    const fetches = secrets.count(SECRET);
    sandbox.setApiKey('new-key');
    secrets.set(SECRET, '{"SNITKIX_API_KEY":"new-key"}');
    expect(await five('rotated')).toEqual(Array(5).fill('synced on attempt 1'));
    expect(secrets.count(SECRET)).toBe(fetches + 1);
  });

  test('is revoked: five are parked at once with the reason, and Secrets Manager is left alone for a minute', async () => {
    const { sandbox, secrets } = shop.relay.stack;
    const fetches = secrets.count(SECRET);
    sandbox.setApiKey('never-told');
    expect(await five('revoked')).toEqual(Array(5).fill('parked on attempt 1 (AUTHENTICATION)'));
    expect(secrets.count(SECRET)).toBeLessThanOrEqual(fetches + 1);
  });
});
