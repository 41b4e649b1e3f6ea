import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Endpoints } from '../../../lib/callbacks/endpoints.ts';
import {
  callbackWaitMs,
  ENDPOINT_STOPPED,
  type NotifySubmitterDeps,
  notifySubmitter,
} from '../../../lib/callbacks/notify-submitter.ts';
import { type StoppedEndpoints, stoppedEndpoints } from '../../../lib/callbacks/stopped-endpoints.ts';
import type { Outcome } from '../../../lib/ledger/outcome.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import {
  type CallbackReceiver,
  isSignedBy,
  startCallbackReceiver,
  whsec,
} from '../../kit/callback-receiver.ts';
import { closedPort } from '../../kit/http-server.ts';
import { sampleOutcome } from '../../kit/outcomes.ts';
import { type LogLine, recordingLog } from '../../kit/recording-log.ts';
import { testTemplate } from '../../kit/template.ts';

const BACKOFF = { baseMs: 10_000, capMs: 14_400_000 };
const ACKNOWLEDGE = { acknowledge: true };
const giveBack = (seconds: number) => ({ acknowledge: false, delayMs: seconds * 1000 });

let stack: Stack;
let receiver: CallbackReceiver;
let lines: LogLine[];
let stopped: StoppedEndpoints;
let runs = 0;

beforeAll(async () => {
  stack = await startStack({ template: testTemplate(), region: 'eu-central-1', apiKeySecret: 'key' });
  receiver = await startCallbackReceiver();
});
afterAll(async () => {
  await receiver.stop();
  await stack.stop();
});
beforeEach(() => {
  runs += 1;
  stopped = stoppedEndpoints(stack.dynamodb, 'StoppedEndpoints');
});
afterEach(() => receiver.reset());

/** `bot`, at the receiver's address or another one; a version of its own for each test. */
const endpointsAt = (url = `${receiver.url}/hook`, version = `v-${runs}`): Endpoints => ({
  byCaller: new Map([['bot', { url: new URL(url), signingSecrets: [whsec(1), whsec(2)] }]]),
  chats: new Map(),
  version,
});

async function notify(
  outcome: Outcome | string = sampleOutcome(),
  { endpoints = endpointsAt(), receiveCount = 1, ...changes }: Changes = {},
) {
  const recording = recordingLog();
  lines = recording.lines;
  return notifySubmitter(
    { body: typeof outcome === 'string' ? outcome : JSON.stringify(outcome), receiveCount },
    {
      endpoints: { get: async () => endpoints },
      stopped,
      backoff: BACKOFF,
      timeoutMs: 5_000,
      log: recording.log,
      random: () => 0,
      ...changes,
    },
  );
}
type Changes = Partial<Omit<NotifySubmitterDeps, 'endpoints'>> & {
  endpoints?: Endpoints;
  receiveCount?: number;
};

const answering = (status: number, headers: Record<string, string> = {}) => {
  receiver.answer = (response) => void response.writeHead(status, headers).end('tell-tale of the receiver');
};
const down = async (): Promise<never> => {
  throw new Error('down');
};

describe('an outcome that is taken', () => {
  test.each([200, 201, 202, 204, 299])(
    'with %i has been told, once, and signed with both secrets',
    async (status) => {
      receiver.answer = (response) => void response.writeHead(status).end();
      const outcome = sampleOutcome();
      expect(await notify(outcome)).toEqual(ACKNOWLEDGE);
      expect(receiver.received).toMatchObject([
        { path: '/hook', headers: { 'webhook-id': outcome.id }, callback: { id: outcome.id } },
      ]);
      for (const request of receiver.received) {
        expect(isSignedBy(whsec(1), request)).toBe(true);
        expect(isSignedBy(whsec(2), request)).toBe(true);
      }
      expect(lines).toEqual([
        {
          level: 'info',
          message: 'Submitter told',
          event_id: outcome.id,
          event_type: 'rejected',
          external_id: '1042',
          submitted_by: 'bot',
          status,
        },
      ]);
    },
  );

  test('has been told even where the body of the answer never ends', async () => {
    receiver.answer = (response) => void response.writeHead(200).write('well, ');
    expect(await notify(sampleOutcome(), { timeoutMs: 200 })).toEqual(ACKNOWLEDGE);
  });

  test('goes to the address of its submitter in the secret, and to no other', async () => {
    // What no schema knows is not read, however it got there.
    const body = JSON.stringify({ ...sampleOutcome(), url: `${receiver.url}/elsewhere` });
    expect(await notify(body)).toEqual(ACKNOWLEDGE);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
  });
});

describe('an outcome that nobody can be told', () => {
  test('has no submitter', async () => {
    expect(await notify(sampleOutcome({ submitted_by: undefined }))).toEqual(ACKNOWLEDGE);
    expect(lines).toMatchObject([{ level: 'info', message: expect.stringMatching(/^Nobody to tell/) }]);
    expect(receiver.received).toEqual([]);
  });

  test.each(['site', 'constructor', '__proto__'])('has a submitter without an endpoint: %s', async (name) => {
    expect(await notify(sampleOutcome({ submitted_by: name }))).toEqual(ACKNOWLEDGE);
    expect(lines).toMatchObject([{ level: 'info', submitted_by: name }]);
    expect(receiver.received).toEqual([]);
  });

  test('is not waited for where there is no submitter, though Secrets Manager is down', async () => {
    const recording = recordingLog();
    const deps = { stopped, backoff: BACKOFF, timeoutMs: 5_000, log: recording.log };
    const message = { body: JSON.stringify(sampleOutcome({ submitted_by: undefined })), receiveCount: 1 };
    expect(await notifySubmitter(message, { ...deps, endpoints: { get: down } })).toEqual(ACKNOWLEDGE);
  });
});

describe('a message that is not an outcome', () => {
  test.each([
    ['not JSON', 'tell-tale'],
    ['empty', ''],
    ['null', 'null'],
    ['an order', '{"external_id":"1042"}'],
    ['of a type that nobody knows yet', JSON.stringify({ ...sampleOutcome(), type: 'tell-tale' })],
    ['without the id of an event', JSON.stringify({ ...sampleOutcome(), id: 'tell-tale' })],
  ])('is left for the dead-letter queue, never dropped: %s', async (_what, body) => {
    expect(await notify(body)).toEqual(giveBack(10));
    expect(lines).toEqual([
      { level: 'error', message: 'Message is not an outcome: left for the dead-letter queue', delay_s: 10 },
    ]);
    expect(receiver.received).toEqual([]);
  });
});

describe('an outcome that is not taken', () => {
  test.each([300, 304, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504])(
    'with %i comes back, after one call',
    async (status) => {
      answering(status);
      expect(await notify()).toEqual(giveBack(10));
      expect(receiver.received).toHaveLength(1);
      expect(lines).toMatchObject([
        { level: 'warn', message: 'Callback failed: outcome given back', status, delay_s: 10 },
      ]);
    },
  );

  test.each([301, 302, 303, 307, 308])('with %i comes back: a redirect is never followed', async (status) => {
    answering(status, { location: `${receiver.url}/elsewhere` });
    expect(await notify()).toEqual(giveBack(10));
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
  });

  test('comes back at the deadline where nothing is answered', async () => {
    receiver.answer = () => undefined;
    const began = performance.now();
    expect(await notify(sampleOutcome(), { timeoutMs: 300 })).toEqual(giveBack(10));
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(lines).toMatchObject([{ error_type: 'CONNECTION', no_answer: 'no answer within 0.3 s' }]);
  });

  test('comes back where the connection breaks, or is never made', async () => {
    receiver.answer = (response) => void response.destroy();
    expect(await notify()).toEqual(giveBack(10));
    expect(lines).toMatchObject([
      { error_type: 'CONNECTION', no_answer: expect.stringContaining('UND_ERR') },
    ]);
    const endpoints = endpointsAt(`http://127.0.0.1:${await closedPort()}/tell-tale`);
    expect(await notify(sampleOutcome(), { endpoints })).toEqual(giveBack(10));
    expect(lines).toMatchObject([{ no_answer: 'connection failed (ECONNREFUSED)' }]);
  });

  test('waits three times as long each time it is received, up to 4 hours', async () => {
    answering(500);
    const waits: number[] = [];
    for (const receiveCount of [1, 2, 3, 4, 5, 6, 7, 8, 14]) {
      const disposition = await notify(sampleOutcome(), { receiveCount });
      if (!disposition.acknowledge) waits.push(disposition.delayMs / 1000);
    }
    expect(waits).toEqual([10, 30, 90, 270, 810, 2_430, 7_290, 14_400, 14_400]);
  });

  test('waits longer by chance, never shorter, and never longer than the cap', () => {
    for (const receiveCount of [1, 2, 7, 8, 1000]) {
      const [least, some, most] = [0, 0.5, 0.999].map((chance) =>
        callbackWaitMs(receiveCount, { backoff: BACKOFF, random: () => chance }),
      );
      expect(some).toBeGreaterThanOrEqual(least ?? Number.NaN);
      expect(most).toBeGreaterThanOrEqual(some ?? Number.NaN);
      expect(most).toBeLessThanOrEqual(Math.min(BACKOFF.capMs, 1.5 * (least ?? Number.NaN)));
    }
  });
});

describe('a pause that the receiver asks for', () => {
  const now = Date.parse('2026-01-01T10:00:00Z');
  const cases: [number, string, number][] = [
    [429, '120', 120],
    [503, '120', 120],
    [503, 'Thu, 01 Jan 2026 10:10:00 GMT', 600],
    // Shorter than the backoff, in the past, or in no form: the backoff stands.
    [429, '1', 10],
    [503, 'Thu, 01 Jan 2026 09:00:00 GMT', 10],
    [429, 'soon', 10],
    [503, '2045-01-01', 10],
    // A fraction is rounded up, and was once taken for a year.
    [503, '45.5', 46],
    [429, '30, 600', 30],
    // Absurd: the cap.
    [429, '99999999999999', 14_400],
    // Whatever the failure.
    [500, '120', 120],
    [404, '120', 120],
    [301, '120', 120],
  ];
  test.each(cases)('by %i, %s: %i s', async (status, retryAfter, seconds) => {
    answering(status, { 'retry-after': retryAfter });
    expect(await notify(sampleOutcome(), { now: () => now })).toEqual(giveBack(seconds));
    expect(lines).toMatchObject([{ status, delay_s: seconds }]);
  });
});

describe('an endpoint that says that it is gone (410)', () => {
  /** Another container: its own clients, its own view of the secret. */
  const anotherContainer = () => ({ stopped: stoppedEndpoints(stack.dynamodb, 'StoppedEndpoints') });

  test('is stopped, loudly, and what it was to be told waits as long as it can', async () => {
    answering(410);
    expect(await notify()).toEqual(giveBack(14_400));
    expect(lines).toMatchObject([
      { level: 'error', message: ENDPOINT_STOPPED, submitted_by: 'bot', status: 410 },
    ]);
    expect(await stopped.has('bot', `v-${runs}`)).toBe(true);
  });

  test('is not called again, by no container, whatever it would answer', async () => {
    answering(410);
    await notify();
    receiver.reset();
    expect(await notify()).toEqual(giveBack(14_400));
    expect(await notify(sampleOutcome(), anotherContainer())).toEqual(giveBack(14_400));
    expect(receiver.received).toEqual([]);
    expect(lines).toMatchObject([{ level: 'warn', message: 'Endpoint has stopped: not called' }]);
  });

  test('does not stop those of others', async () => {
    answering(410);
    await notify();
    receiver.reset();
    const ofSite: Endpoints = {
      byCaller: new Map([['site', { url: new URL(receiver.url), signingSecrets: [whsec(3)] }]]),
      chats: new Map(),
      version: `v-${runs}`,
    };
    const outcome = sampleOutcome({ submitted_by: 'site' });
    expect(await notify(outcome, { endpoints: ofSite })).toEqual(ACKNOWLEDGE);
  });

  test('is called again once the secret is written anew', async () => {
    answering(410);
    await notify();
    receiver.reset();
    const endpoints = endpointsAt(`${receiver.url}/hook`, `v-${runs}-anew`);
    expect(await notify(sampleOutcome(), { endpoints, ...anotherContainer() })).toEqual(ACKNOWLEDGE);
    expect(receiver.received).toHaveLength(1);
  });

  test('is asked again where that could not be noted', async () => {
    answering(410);
    await expect(notify(sampleOutcome(), { stopped: { ...stopped, stop: down } })).rejects.toThrow('down');
    // Not said before it is so.
    expect(lines).toEqual([]);
    expect(await notify()).toEqual(giveBack(14_400));
    expect(receiver.received).toHaveLength(2);
  });
});

describe('when something of ours is down', () => {
  test('Secrets Manager, from the start: nobody is called, and the outcome comes back', async () => {
    const recording = recordingLog();
    const deps = { stopped, backoff: BACKOFF, timeoutMs: 5_000, log: recording.log, random: () => 0 };
    const message = { body: JSON.stringify(sampleOutcome()), receiveCount: 2 };
    expect(await notifySubmitter(message, { ...deps, endpoints: { get: down } })).toEqual(giveBack(30));
    expect(receiver.received).toEqual([]);
    expect(recording.lines).toMatchObject([
      { level: 'warn', message: 'Endpoints cannot be read: outcome given back', error_name: 'Error' },
    ]);
  });

  test('DynamoDB: nobody is called, for the endpoint may have stopped', async () => {
    await expect(notify(sampleOutcome(), { stopped: { ...stopped, has: down } })).rejects.toThrow('down');
    expect(receiver.received).toEqual([]);
  });
});

test('no line of the log holds an address, a body, an answer or a secret', async () => {
  const all: LogLine[] = [];
  const endpoints = endpointsAt(`${receiver.url}/tell-tale-path?key=tell-tale-key`);
  const outcome = sampleOutcome({
    crm_order_id: 'tell-tale-crm-id',
    error: { type: 'VALIDATION', message: 'tell-tale message', reasons: [{ code: 'unknown' }] },
  });
  for (const status of [200, 302, 400, 429, 500, 410]) {
    answering(status, { location: 'https://tell-tale.example.com' });
    await notify(outcome, { endpoints });
    all.push(...lines);
  }
  const nowhere = endpointsAt(`http://127.0.0.1:${await closedPort()}/tell-tale`, 'v-nowhere');
  await notify(outcome, { endpoints: nowhere });
  all.push(...lines);
  expect(all).toHaveLength(7);
  expect(JSON.stringify(all)).not.toMatch(/tell-tale|127\.0\.0\.1|http|whsec|AQEB|AgIC/);
});

test.each([
  ['once, looks again soon: by then it is known', 1, 2],
  ['again, waits as after any call in vain', 3, 90],
])('an outcome whose endpoint is spared %s', async (_what, receiveCount, seconds) => {
  const health = { guard: async () => undefined };
  expect(await notify(sampleOutcome(), { health, receiveCount })).toEqual(giveBack(seconds));
});

test.each([
  [1, 2],
  [3, 90],
])(
  'while somebody else finds out whether it answers it is spared: after %i receives for %i s',
  async (receiveCount, seconds) => {
    const health = { guard: async () => undefined };
    expect(await notify(sampleOutcome(), { health, receiveCount })).toEqual(giveBack(seconds));
    expect(receiver.received).toEqual([]);
    expect(lines).toMatchObject([
      {
        level: 'info',
        message: 'Endpoint does not answer, or only slowly: spared',
        delay_s: seconds,
      },
    ]);
  },
);

describe('how it was told is noted', () => {
  const noting = async (changes: Changes = {}) => {
    const notes: unknown[] = [];
    const outcome = sampleOutcome();
    await notify(outcome, {
      tellings: { note: async ({ id }, telling) => void notes.push([id === outcome.id, telling]) },
      ...changes,
    });
    return notes;
  };

  test('with the answer, and which try it was', async () => {
    answering(204);
    expect(await noting({ receiveCount: 3 })).toEqual([[true, { attempt: 3, result: 'told', status: 204 }]]);
    answering(500);
    expect(await noting()).toEqual([[true, { attempt: 1, result: 'failed', status: 500 }]]);
  });

  test('with why none came', async () => {
    const endpoints = endpointsAt(`http://127.0.0.1:${await closedPort()}/hook`);
    expect(await noting({ endpoints })).toEqual([
      [true, { attempt: 1, result: 'failed', no_answer: expect.any(String) }],
    ]);
  });

  test('and that there is nobody to tell', async () => {
    const nobody = { ...endpointsAt(), byCaller: new Map() };
    expect(await noting({ endpoints: nobody, receiveCount: 2 })).toEqual([
      [true, { attempt: 2, result: 'nobody' }],
    ]);
  });
});
