import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOrder } from '../kit/orders.ts';
import { type Relay, startRelay } from '../kit/relay.ts';

let relay: Relay;
const secret = 'test/api-key';
beforeAll(async () => {
  relay = await startRelay({ feed: false });
});
afterAll(() => relay.stop());

/** Five orders in one batch. */
async function five(prefix: string): Promise<void> {
  await relay.stopFeeding();
  for (let n = 1; n <= 5; n += 1) await relay.inject(sampleOrder(`${prefix}-${n}`));
  relay.feed();
  await relay.drained();
}

test('rotated key, five orders at once: five arrive, with one more GetSecretValue', async () => {
  await five('before');
  const fetches = relay.stack.secrets.count(secret);
  expect(fetches).toBe(1);

  relay.stack.sandbox.setApiKey('new-key');
  relay.stack.secrets.set(secret, '{"SNITKIX_API_KEY":"new-key"}');
  await five('rotated');
  expect(relay.stack.sandbox.orders()).toHaveLength(10);
  expect(relay.stack.secrets.count(secret)).toBe(fetches + 1);
  expect(await relay.takeDeadLetters()).toEqual([]);
});

test('revoked key, five orders at once: parked at once with the reason, and Secrets Manager is left alone for a minute', async () => {
  relay.stack.sandbox.setApiKey('never-told');
  const fetches = relay.stack.secrets.count(secret);
  await five('revoked');
  const letters = await relay.takeDeadLetters();
  expect(letters.map(({ attributes }) => [attributes['error_type'], attributes['attempts']])).toEqual(
    Array.from({ length: 5 }, () => ['AUTHENTICATION', '1']),
  );
  expect(relay.stack.secrets.count(secret)).toBe(fetches);
});
