import type { Broken } from './journal.ts';
import { runStory } from './run.ts';
import type { Happening, Shape, Story } from './story.ts';

const PLAIN: Partial<Shape>[] = [
  { skewMs: 0 },
  { maxReceives: 20 },
  {
    crm: {
      search: 'exact',
      rows: 'whole',
      pages: 'counted',
      sort: 'newest',
      isUnique: false,
      heedsIdempotencyKey: false,
      crowd: 0,
    },
  },
];

/** The same story without all that it breaks a promise without, always in the same order: nothing in it is left to chance. */
export async function shrink(story: Story, broken: readonly Broken[]): Promise<Story> {
  const laws = new Set(broken.map(({ law }) => law));
  // What broke has to break still: another law's breaking is another story.
  const breaks = async (candidate: Story) => {
    const left = new Set((await runStory(candidate)).broken.map(({ law }) => law));
    return [...laws].every((law) => left.has(law));
  };
  let smallest = story;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of smaller(smallest)) {
      if (!(await breaks(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

/** Large cuts first. */
function* smaller(story: Story): Generator<Story> {
  const { happenings, shape } = story;
  for (let size = Math.ceil(happenings.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
    for (let from = 0; from < happenings.length; from += size) {
      yield { ...story, happenings: happenings.filter((_, i) => i < from || i >= from + size) };
    }
  }
  for (const plain of PLAIN) {
    const plainer = { ...shape, ...plain };
    if (JSON.stringify(plainer) !== JSON.stringify(shape)) yield { ...story, shape: plainer };
  }
  for (const [i, happening] of happenings.entries()) {
    for (const simpler of simplerThan(happening)) yield { ...story, happenings: happenings.with(i, simpler) };
  }
}

function* simplerThan(happening: Happening): Generator<Happening> {
  if ('waitSeconds' in happening && happening.waitSeconds > 0) yield { ...happening, waitSeconds: 0 };
  if ('share' in happening && happening.share < 1) yield { ...happening, share: 1 };
}
