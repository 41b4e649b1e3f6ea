import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tellings, tellingsOf } from '../../../lib/callbacks/tellings.ts';
import { OUTCOMES } from '../../../lib/ledger/outcome.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { closedPort } from '../../kit/http-server.ts';
import { sampleOutcome } from '../../kit/outcomes.ts';
import { recordingLog } from '../../kit/recording-log.ts';
import { silentLog } from '../../kit/silent-log.ts';
import { testTemplate } from '../../kit/template.ts';
import { watching } from '../../kit/watching.ts';

const TABLE = 'StoppedEndpoints';
const T = Date.parse('2026-01-01T10:00:00.500Z');
const DAY_S = 24 * 60 * 60;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ template: testTemplate(), region: 'eu-central-1', apiKeySecret: 'key' });
});
afterAll(() => stack.stop());

const at = (now: number) => tellings(stack.dynamodb, TABLE, silentLog, () => now);
const of = (externalId: string) => tellingsOf(stack.dynamodb, TABLE, externalId);

test('of each kind of outcome the last try is kept, and all are read as they came', async () => {
  const refused = sampleOutcome({ external_id: 'told-1' });
  const synced = sampleOutcome({ external_id: 'told-1', type: 'synced' });
  await at(T + 2_000).note(synced, { attempt: 1, result: 'told', status: 204 });
  await at(T).note(refused, { attempt: 1, result: 'failed', no_answer: 'no answer within 5 s' });
  await at(T + 1_000).note(refused, { attempt: 2, result: 'failed', status: 500 });
  const to = 'bot';
  expect(await of('told-1')).toEqual([
    {
      event_id: refused.id,
      type: 'rejected',
      to,
      at: '2026-01-01T10:00:01.500Z',
      attempt: 2,
      result: 'failed',
      status: 500,
    },
    {
      event_id: synced.id,
      type: 'synced',
      to,
      at: '2026-01-01T10:00:02.500Z',
      attempt: 1,
      result: 'told',
      status: 204,
    },
  ]);
  // Noted last, told first: the order is that of the telling.
  await at(T).note(synced, { attempt: 2, result: 'nobody' });
  expect((await of('told-1')).map(({ type, result }) => [type, result])).toEqual([
    ['synced', 'nobody'],
    ['rejected', 'failed'],
  ]);
});

test('why no answer came is kept, and for 90 days', async () => {
  await at(T).note(sampleOutcome({ external_id: 'told-2' }), {
    attempt: 1,
    result: 'failed',
    no_answer: 'connection refused',
  });
  const [telling] = await of('told-2');
  expect(telling).toMatchObject({ no_answer: 'connection refused' });
  expect(telling).not.toHaveProperty('status');
  const { Item } = await stack.dynamodb.send(
    new GetItemCommand({ TableName: TABLE, Key: { caller: { S: '#told rejected told-2' } } }),
  );
  expect(Item?.['expires_at']).toEqual({ N: String(Math.floor(T / 1000) + 90 * DAY_S) });
});

test('of what has no number, or nobody’s name, nothing is kept, nor is the table asked to', async () => {
  const told = { attempt: 1, result: 'told' } as const;
  const calls: string[] = [];
  await watching(
    stack.dynamodb,
    (call) => calls.push(call),
    async () => {
      await at(T).note(sampleOutcome({ external_id: undefined }), told);
      await at(T).note(sampleOutcome({ external_id: 'told-3', submitted_by: undefined }), told);
    },
  );
  expect(calls).toEqual([]);
  expect([await of('undefined'), await of('told-3')]).toEqual([[], []]);
});

/** The stand-in knows no other way. */
test('what was told last is what is read, of every kind of outcome', async () => {
  const reads: object[] = [];
  await watching(
    stack.dynamodb,
    (_call, input) => reads.push(input),
    () => of('told-4'),
  );
  expect(reads).toMatchObject(OUTCOMES.map(() => ({ ConsistentRead: true })));
});

test('that it could not be kept is a line of the log, and keeps nobody from being told', async () => {
  const { log, lines } = recordingLog();
  const nowhere = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${await closedPort()}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  await tellings(nowhere, TABLE, log).note(sampleOutcome(), { attempt: 1, result: 'told' });
  nowhere.destroy();
  expect(lines).toEqual([
    { level: 'warn', message: 'Callback not noted', external_id: '1042', error_name: expect.any(String) },
  ]);
});
