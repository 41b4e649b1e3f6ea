import { expect, test } from 'vitest';
import { BOUNDS } from '../simulation/bounds.ts';
import { inventStory } from '../simulation/invent.ts';
import { runStory } from '../simulation/run.ts';
import type { Dialect } from '../simulation/story.ts';

/** A few runs, for each mutant that nothing else has found. */
test.each<[Dialect, number]>([
  ['orders', 20],
  ['open-api', 10],
])('%s: never lost, never doubled, never a mystery', async (dialect, seeds) => {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { broken } = await runStory(inventStory(seed, BOUNDS, dialect));
    expect(broken).toEqual([]);
  }
});
