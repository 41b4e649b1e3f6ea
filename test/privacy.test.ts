import { fork } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { leaksIn, TELL_TALES } from '../bench/fuzz/tell-tales.ts';
import { callbackSchema } from '../lib/intake/contract.ts';

/**
 * Orders with tell-tale values through every path, good and bad, by the exported handlers in a process of its own whose
 * output is read as CloudWatch would get it.
 */

const seenSchema = z.object({
  answers: z.array(z.unknown()),
  letters: z.array(z.record(z.string(), z.string())),
  records: z.array(z.looseObject({ state: z.string() })),
  outcomes: z.array(z.string()),
  callbacks: z.array(z.object({ received_at: z.string(), is_repeat: z.boolean(), event: callbackSchema })),
});
const lineSchema = z.looseObject({ message: z.string(), level: z.string() });

let seen: z.output<typeof seenSchema>;
let output: string;
let errors: string;
beforeAll(async () => {
  const journey = fork(new URL('kit/privacy-journey.ts', import.meta.url), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, POWERTOOLS_LOG_LEVEL: 'INFO', POWERTOOLS_DEV: '' },
  });
  if (journey.stdout === null || journey.stderr === null) throw new Error('Nothing to read from');
  const told = once(journey, 'message');
  const ended = once(journey, 'exit').then(([code]) => {
    if (code !== 0) throw new Error(`The journey ended with ${code}`);
  });
  [output, errors] = await Promise.all([text(journey.stdout), text(journey.stderr)]);
  await ended.catch((cause) => {
    throw new Error(errors.slice(-2000), { cause });
  });
  const [message] = await told;
  seen = seenSchema.parse(message);
}, 400_000);

const linesOf = () =>
  `${output}${errors}`
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => lineSchema.parse(JSON.parse(line)));

test('every path was gone', () => {
  const messages = new Set(linesOf().map(({ message }) => message));
  for (const message of [
    'Order accepted',
    'Order refused',
    'Request refused',
    'Request not served',
    'Request failed',
    'Order synced',
    'Order rejected',
    'Order parked',
    'Order will be retried',
    'Message is not an order: parked',
    'Order given back after an unexpected error',
    'SQS has not acknowledged the order',
    'Ledger not read: order taken for new',
    'Ledger not read',
    'Tokens not refreshed: the old ones are used',
    'Dead letters not tended to the end',
    'Submitter told',
    'Callback failed: outcome given back',
    'Endpoint stopped: it says that it is gone (410)',
    'Endpoint has stopped: not called',
    'Endpoints cannot be read: outcome given back',
    'Endpoints not refreshed: the old ones are used',
    'Nobody to tell: no submitter is known',
    'Nobody to tell: the submitter has no endpoint, and asks',
    'Message is not an outcome: left for the dead-letter queue',
    'Outcome given back after an unexpected error',
  ]) {
    expect(messages).toContain(message);
  }
  const types = new Set(seen.letters.map((letter) => letter['error_type']));
  expect([...types].sort()).toEqual([
    'AUTHENTICATION',
    'CONFIGURATION',
    'CONNECTION',
    'MALFORMED',
    'VALIDATION',
  ]);
  expect(new Set(seen.records.map(({ state }) => state))).toContain('rejected');
  expect(seen.answers.length).toBeGreaterThan(80);
  const told = new Set(seen.callbacks.map(({ event }) => event.type));
  // A machine that stalls makes others of them besides, and may give up the status, which is told as well.
  for (const type of [
    'order.parked',
    'order.payment_not_booked',
    'order.rejected',
    'order.synced',
  ] as const) {
    expect(told).toContain(type);
  }
  expect(told.has('order.status_changed') || told.has('order.status_not_changed')).toBe(true);
});

describe('no name, phone, e-mail, address, key, token or signing secret is', () => {
  test('in any line of the log', () => {
    const lines = `${output}${errors}`.split('\n');
    expect(lines.length).toBeGreaterThan(150);
    expect(lines.flatMap(leaksIn)).toEqual([]);
  });

  test('in any answer of the API, nor in what a function returns or throws', () => {
    expect(seen.answers.flatMap((answer) => leaksIn(JSON.stringify(answer)))).toEqual([]);
  });

  test('in any record of the ledger', () => {
    expect(seen.records.length).toBeGreaterThan(40);
    expect(seen.records.flatMap((record) => leaksIn(JSON.stringify(record)))).toEqual([]);
  });

  test('in any message of OutcomesQueue', () => {
    expect(seen.outcomes.length).toBeGreaterThan(40);
    expect(seen.outcomes.flatMap(leaksIn)).toEqual([]);
  });

  test('in any callback', () => {
    expect(seen.callbacks.length).toBeGreaterThan(40);
    expect(seen.callbacks.flatMap((callback) => leaksIn(JSON.stringify(callback)))).toEqual([]);
  });

  test('in any attribute of a dead letter', () => {
    expect(seen.letters.length).toBeGreaterThan(40);
    expect(seen.letters.flatMap((letter) => leaksIn(JSON.stringify(letter)))).toEqual([]);
  });
});

test('a tell-tale would be seen, in whatever form', () => {
  for (const value of Object.values(TELL_TALES)) {
    expect(leaksIn(`{"x":${JSON.stringify(value)}}`)).not.toEqual([]);
    const escaped = [...value].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
    expect(leaksIn(`"${escaped.join('')}"`)).not.toEqual([]);
  }
  for (const phone of ['+380671112233', '380671112233', '(067) 111-22-33', '671112233', '67111 22 33']) {
    expect(leaksIn(phone)).not.toEqual([]);
  }
});
