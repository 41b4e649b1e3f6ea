import { expect, test } from 'vitest';
import { BOUNDS } from './simulation/bounds.ts';
import { withoutEachGuard, withoutGuard } from './simulation/broken.ts';
import { inventStory } from './simulation/invent.ts';
import { MUTATIONS } from './simulation/mutations.ts';
import { runStory } from './simulation/run.ts';
import { shrink } from './simulation/shrink.ts';
import { DIALECTS } from './simulation/story.ts';
import { tell } from './simulation/tell.ts';

/** As many as fit into the suite's time; `npm run simulate -- --seeds 20000` runs the rest. */
const SEEDS = 150;
const OPEN_API_SEEDS = 50;
const FOLLOWING_SEEDS = 30;
/** A machine that others keep busy: nothing here is about how long it takes. */
const STALLED_MS = 900_000;

test('never lost, never doubled, never a mystery, whatever happens', { timeout: STALLED_MS }, async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const story = inventStory(seed);
    const { broken } = await runStory(story);
    if (broken.length > 0) expect.fail(await tell(await shrink(story, broken)));
  }
});

test('nor with the live Open API, which knows no number', { timeout: STALLED_MS }, async () => {
  for (let seed = 1; seed <= OPEN_API_SEEDS; seed += 1) {
    const story = inventStory(seed, BOUNDS, 'open-api');
    const { broken } = await runStory(story);
    if (broken.length > 0) expect.fail(await tell(await shrink(story, broken)));
  }
});

test.each(DIALECTS)(
  'nor where statuses and payments follow, with %s',
  { timeout: STALLED_MS },
  async (dialect) => {
    for (let seed = 1; seed <= FOLLOWING_SEEDS; seed += 1) {
      const story = inventStory(seed, BOUNDS, dialect, true);
      const { broken } = await runStory(story);
      if (broken.length > 0) expect.fail(await tell(await shrink(story, broken)));
    }
  },
);

test('one seed is one run', async () => {
  const first = await runStory(inventStory(7), { isTold: true });
  const second = await runStory(inventStory(7), { isTold: true });
  expect(first.lines.length).toBeGreaterThan(10);
  expect(second.lines).toEqual(first.lines);
});

test('every guard that can be taken out is in the code, once', async () => {
  const tried = await Promise.allSettled(MUTATIONS.map(withoutGuard));
  expect(tried.flatMap((one) => (one.status === 'rejected' ? String(one.reason) : []))).toEqual([]);
});

test('a guard that is taken out is noticed', { timeout: STALLED_MS }, async () => {
  for await (const { found } of withoutEachGuard(100, 'looks up first')) {
    expect(found?.line).toContain('doubled');
  }
});
