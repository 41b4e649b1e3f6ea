import { expect, test } from 'vitest';
import { setAside } from '../../../lib/dead-letters/set-aside.ts';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { eventId } from '../../../lib/ledger/outcome.ts';
import { accepted, type Posted } from '../../../lib/ledger/start.ts';
import { iso, memoryLetters, NOW } from '../../kit/memory-letters.ts';

const TAKEN: Failure = { type: 'CONFLICT', message: 'taken', reasons: [{ code: 'number_taken' }] };
const MOVED: Failure = { type: 'NO_REASON', message: 'moved', reasons: [{ code: 'broke_off' }] };
const OF_BOT: Posted = { external_id: '1042', content_hash: 'h1', submitted_by: 'bot' };
const ID = eventId('one message');

const down = async (): Promise<never> => {
  throw new Error('down');
};

test('its caller is told what has become of it, and can ask for it', async () => {
  const { deps, told, ledger } = memoryLetters();
  expect(await setAside(OF_BOT, TAKEN, ID, deps)).toBe(true);
  expect(told).toEqual([
    {
      id: ID,
      type: 'parked',
      at: iso(NOW),
      external_id: '1042',
      submitted_by: 'bot',
      attempts: 0,
      error: TAKEN,
    },
  ]);
  expect(await ledger.getAside('1042', 'bot')).toMatchObject({
    state: 'parked',
    content_hash: 'h1',
    error: TAKEN,
    settled_at: NOW,
    history: [{ step: 'accepted' }, { step: 'parked', error_type: 'CONFLICT', reasons: ['number_taken'] }],
  });
});

test('that is told once, however often its letter is looked at', async () => {
  const { deps, clock, told, ledger } = memoryLetters();
  await setAside(OF_BOT, TAKEN, ID, deps);
  const story = await ledger.getAside('1042', 'bot');
  clock.now += 60_000;
  expect(await setAside(OF_BOT, TAKEN, ID, deps)).toBe(false);
  expect(told).toHaveLength(1);
  expect(await ledger.getAside('1042', 'bot')).toEqual(story);
});

test('what the door has taken down goes on from there, so that its caller sees when it came', async () => {
  const { deps, told, ledger } = memoryLetters();
  await ledger.putAside(accepted(OF_BOT, NOW - 5000));
  expect(await setAside(OF_BOT, TAKEN, ID, deps)).toBe(true);
  expect(told).toHaveLength(1);
  const story = await ledger.getAside('1042', 'bot');
  expect(story?.history.map(({ step, at }) => [step, at])).toEqual([
    ['accepted', iso(NOW - 5000)],
    ['parked', iso(NOW)],
  ]);
});

test('it is not yet told while it is under way, even where it has failed for the same before', async () => {
  const { deps, told, ledger } = memoryLetters();
  await ledger.putAside({ ...accepted(OF_BOT, NOW - 5000), error: TAKEN });
  expect(await setAside(OF_BOT, TAKEN, ID, deps)).toBe(true);
  expect(told).toHaveLength(1);
});

test('an end of which nobody has noted why is news now that it is known', async () => {
  const { deps, told, ledger } = memoryLetters();
  await ledger.putAside({ ...accepted(OF_BOT, NOW - 5000), state: 'rejected' });
  expect(await setAside(OF_BOT, TAKEN, ID, deps)).toBe(true);
  expect(told).toHaveLength(1);
});

test('another end of it is news', async () => {
  const { deps, told, ledger } = memoryLetters();
  await setAside(OF_BOT, MOVED, ID, deps);
  expect(await setAside(OF_BOT, TAKEN, eventId('later'), deps)).toBe(true);
  expect(told.map(({ error }) => error?.type)).toEqual(['NO_REASON', 'CONFLICT']);
  const story = await ledger.getAside('1042', 'bot');
  expect(story?.history.map(({ step }) => step)).toEqual(['accepted', 'parked', 'parked']);
});

test('other content is another order: it is told, and its story begins with it', async () => {
  const { deps, clock, told, ledger } = memoryLetters();
  await setAside(OF_BOT, TAKEN, ID, deps);
  clock.now += 60_000;
  const other = { ...OF_BOT, content_hash: 'h2' };
  expect(await setAside(other, TAKEN, eventId('another message'), deps)).toBe(true);
  expect(told).toHaveLength(2);
  const story = await ledger.getAside('1042', 'bot');
  expect(story?.content_hash).toBe('h2');
  expect(story?.history.map(({ step, at }) => [step, at])).toEqual([
    ['accepted', iso(NOW + 60_000)],
    ['parked', iso(NOW + 60_000)],
  ]);
});

test("one caller's story is not another's", async () => {
  const { deps, told } = memoryLetters();
  await setAside(OF_BOT, TAKEN, ID, deps);
  expect(await setAside({ ...OF_BOT, submitted_by: 'site' }, TAKEN, eventId('of site'), deps)).toBe(true);
  expect(told.map(({ submitted_by }) => submitted_by)).toEqual(['bot', 'site']);
});

test('what came without a name has no story that could be looked up', async () => {
  const { deps, told, ledger } = memoryLetters();
  const unnamed = { ...OF_BOT, submitted_by: undefined };
  const isTold = await setAside(unnamed, TAKEN, ID, { ...deps, ledger: { ...ledger, getAside: down } });
  expect(isTold).toBe(true);
  expect(told).toMatchObject([{ external_id: '1042', submitted_by: undefined }]);
});

test('it is told before it is noted: a crash in between tells it again, with the same id', async () => {
  const { deps, told, ledger, aside } = memoryLetters();
  const crashing = { ...deps, ledger: { ...ledger, putAside: down } };
  await expect(setAside(OF_BOT, TAKEN, ID, crashing)).rejects.toThrow('down');
  expect(await setAside(OF_BOT, TAKEN, ID, deps)).toBe(true);
  expect(told.map(({ id }) => id)).toEqual([ID, ID]);

  aside.clear();
  await expect(setAside(OF_BOT, TAKEN, ID, { ...deps, outcomes: { send: down } })).rejects.toThrow('down');
  expect([...aside]).toEqual([]);
});
