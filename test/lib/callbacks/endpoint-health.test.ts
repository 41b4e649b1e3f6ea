import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EndpointHealth, endpointHealth, findingOut } from '../../../lib/callbacks/endpoint-health.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { testTemplate } from '../../kit/template.ts';
import { watching } from '../../kit/watching.ts';

const TIMEOUT_MS = 15_000;

let stack: Stack;
let now = Date.now();
let callers = 0;
let caller: string;
beforeAll(async () => {
  stack = await startStack({ template: testTemplate(), region: 'eu-central-1', apiKeySecret: 'key' });
});
afterAll(() => stack.stop());
beforeEach(() => {
  callers += 1;
  caller = `bot-${callers}`;
});

/** Another container each time. */
const container = () => endpointHealth(stack.dynamodb, 'StoppedEndpoints', TIMEOUT_MS, () => now);

/** A call that takes so long by the clock; what came of it, or `spared`. */
const call = async (health: EndpointHealth, tookMs: number | 'silent', of = caller) => {
  const answer = await health.guard(of, async () => {
    now += tookMs === 'silent' ? TIMEOUT_MS : tookMs;
    return { answered: tookMs !== 'silent' };
  });
  return answer === undefined ? 'spared' : answer.answered ? 'answered' : 'silent';
};

/** A call that hangs until it is let go of. */
function hanging() {
  let end: () => void = () => undefined;
  const ended = new Promise<{ answered: boolean }>((resolve) => {
    end = () => resolve({ answered: true });
  });
  return { ended, end };
}

test('while nobody knows whether an endpoint answers, one call at a time is made to it, over all containers', async () => {
  const { ended, end } = hanging();
  const first = container().guard(caller, () => ended);
  await expect.poll(() => call(container(), 50)).toBe('spared');
  // A neighbour's is another's affair.
  expect(await call(container(), 50, `${caller}-neighbour`)).toBe('answered');
  end();
  expect(await first).toEqual({ answered: true });
  expect(await call(container(), 50)).toBe('answered');
});

test('one that answers quickly is called as often as there is something to tell', async () => {
  await call(container(), 50);
  const { ended, end } = hanging();
  const held = container().guard(caller, () => ended);
  expect(await call(container(), 50)).toBe('answered');
  end();
  await held;
});

test('one that is silent is left alone for a minute, and then one call finds out', async () => {
  await call(container(), 50);
  expect(await call(container(), 'silent')).toBe('silent');
  expect(await call(container(), 50)).toBe('spared');
  now += 59_999;
  expect(await call(container(), 50)).toBe('spared');
  now += 1;
  expect(await call(container(), 50)).toBe('answered');
  expect(await call(container(), 50)).toBe('answered');
});

test('one that answers slowly is never called twice at once, and never left alone', async () => {
  expect(await call(container(), 5_000)).toBe('answered');
  const { ended, end } = hanging();
  const held = container().guard(caller, () => ended);
  await expect.poll(() => call(container(), 5_000)).toBe('spared');
  end();
  await held;
});

test('a container that dies in a call keeps nobody from the next for longer than a call takes', async () => {
  void container().guard(caller, () => new Promise<never>(() => undefined));
  await expect.poll(() => call(container(), 50)).toBe('spared');
  now += TIMEOUT_MS + 4_900;
  expect(await call(container(), 50)).toBe('spared');
  expect(await container().isSpared(caller)).toBe(true);
  now += 200;
  expect(await container().isSpared(caller)).toBe(false);
  expect(await call(container(), 50)).toBe('answered');
});

test('an answer within two seconds is quick, and one after them is not', async () => {
  const isCalledTwiceAtOnce = async (tookMs: number, of: string) => {
    await call(container(), tookMs, of);
    const { ended, end } = hanging();
    const held = container().guard(of, () => ended);
    // It has been noted that somebody finds out, if anybody has to.
    await expect.poll(async () => tookMs <= 2_000 || container().isSpared(of)).toBe(true);
    const answer = await call(container(), tookMs, of);
    end();
    await held;
    return answer === 'answered';
  };
  expect(await isCalledTwiceAtOnce(2_000, `${caller}-quick`)).toBe(true);
  expect(await isCalledTwiceAtOnce(2_001, `${caller}-slow`)).toBe(false);
});

test('of two containers that find it free at the same moment, one calls', async () => {
  const both = await Promise.all([call(container(), 3_000), call(container(), 3_000)]);
  expect(both.toSorted()).toEqual(['answered', 'spared']);
});

test('where the table cannot say, nothing is called', async () => {
  const health = endpointHealth(stack.dynamodb, 'NoSuchTable', TIMEOUT_MS, () => now);
  await expect(call(health, 50)).rejects.toThrow();
});

test('where the table cannot take it that somebody finds out, nothing is called', async () => {
  const refuse = (command: string) => {
    if (command === 'PutItemCommand') throw new Error('throttled');
  };
  const calling = watching(stack.dynamodb, refuse, () => call(container(), 50));
  await expect(calling).rejects.toThrow('throttled');
});

/** The stand-in knows no other way. */
test('what one container has found out the next one reads, however soon', async () => {
  const reads: object[] = [];
  const see = (_command: string, input: object) => void reads.push(input);
  await watching(stack.dynamodb, see, () => container().isSpared(caller));
  expect(reads).toMatchObject([{ ConsistentRead: true }]);
});

test('in a batch the first finds out, and the others follow: side by side, or not at all', async () => {
  const health = findingOut(container());
  expect(await Promise.all([call(health, 50), call(health, 50), call(health, 50)])).toEqual([
    'answered',
    'answered',
    'answered',
  ]);
  caller = `${caller}-hanging`;
  expect(await Promise.all([call(health, 'silent'), call(health, 50), call(health, 50)])).toEqual([
    'silent',
    'spared',
    'spared',
  ]);
});
