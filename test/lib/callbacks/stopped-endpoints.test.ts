import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stoppedEndpoints } from '../../../lib/callbacks/stopped-endpoints.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { testTemplate } from '../../kit/template.ts';
import { watching } from '../../kit/watching.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ template: testTemplate(), region: 'eu-central-1', apiKeySecret: 'key' });
});
afterAll(() => stack.stop());

const container = () =>
  stoppedEndpoints(stack.dynamodb, 'StoppedEndpoints', () => Date.parse('2026-01-01T10:00:00Z'));

test('an endpoint has stopped once it was stopped, for every container, and no other has', async () => {
  expect(await container().has('bot', 'v1')).toBe(false);
  await container().stop('bot', 'v1');
  expect(await container().has('bot', 'v1')).toBe(true);
  expect(await container().has('site', 'v1')).toBe(false);
});

test('it goes on with the next version of the secret, and may stop again', async () => {
  await container().stop('shop', 'v1');
  expect(await container().has('shop', 'v2')).toBe(false);
  await container().stop('shop', 'v2');
  expect(await container().has('shop', 'v2')).toBe(true);
});

test('whoever looks into the table sees who, of which version, and since when', async () => {
  await container().stop('erp', 'v1');
  const { Item } = await stack.dynamodb.send(
    new GetItemCommand({ TableName: 'StoppedEndpoints', Key: { caller: { S: 'erp' } } }),
  );
  expect(Item).toEqual({
    caller: { S: 'erp' },
    version: { S: 'v1' },
    stopped_at: { S: '2026-01-01T10:00:00.000Z' },
  });
});

test('an item that names no version stops nobody', async () => {
  await stack.dynamodb.send(
    new PutItemCommand({ TableName: 'StoppedEndpoints', Item: { caller: { S: 'by-hand' } } }),
  );
  expect(await container().has('by-hand', 'v1')).toBe(false);
});

/** The stand-in knows no other way. */
test('what one container has been told the next one reads, however soon', async () => {
  const reads: object[] = [];
  const see = (_call: string, input: object) => void reads.push(input);
  await watching(stack.dynamodb, see, () => container().has('bot', 'v1'));
  expect(reads).toMatchObject([{ ConsistentRead: true }]);
});
