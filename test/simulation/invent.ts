import { BOUNDS, type Bounds } from './bounds.ts';
import { blow, DEEDS, post, TROUBLES } from './ingredients.ts';
import { PLOTS } from './plots.ts';
import { Random } from './random.ts';
import type { Dialect, Happening, Shape, Story } from './story.ts';

/**
 * A story from a seed. Each has only some kinds of everything in it, because what is rare is not seen where everything
 * happens at once; and what happens comes in bursts, because what breaks is what meets.
 */
export function inventStory(seed: number, bounds: Bounds = BOUNDS, dialect: Dialect = 'orders'): Story {
  const random = new Random(`story ${seed}`);
  const shape = inDialect(dialect, inventShape(random, bounds), random.fork(dialect));
  const numbers = random.pick([['1042'], ['1042', '42'], ['1042', '42', '104']]);
  const moments = Array.from({ length: random.between(1, 4) }, () => random.between(0, 40) * MINUTE_MS);
  const when = () =>
    random.pick([...moments, 0]) +
    random.pick([0, 0, random.between(0, 2000), random.between(0, 60_000), random.between(0, 600_000)]);

  const deeds = kindsOf(random, DEEDS, 0.5);
  const troubles = kindsOf(random, TROUBLES, 0.3);
  const happenings: Happening[] = [];
  const add = (count: number, make: () => Happening | readonly Happening[]) => {
    for (let i = 0; i < count; i += 1) happenings.push(...[make()].flat());
  };
  add(random.between(0, 2), () => random.pick(PLOTS)(random, random.pick(numbers), when()));
  add(random.between(happenings.length > 0 ? 0 : 1, 3), () => post(random, random.pick(numbers), when()));
  if (deeds.length > 0) {
    add(random.between(0, 5), () => random.pick(deeds)(random, random.pick(numbers), when()));
  }
  if (troubles.length > 0) add(random.between(0, 4), () => random.pick(troubles)(random, when()));
  if (random.chance(0.6)) add(random.between(1, 3), () => blow(random, when(), bounds));
  return { seed, shape, happenings: happenings.sort((a, b) => a.at - b.at) };
}

const MINUTE_MS = 60_000;

/** Of each kind so many shares are in a story. */
const kindsOf = <T>(random: Random, kinds: readonly T[], share: number): T[] =>
  kinds.filter(() => random.chance(share));

function inventShape(random: Random, { skewMs, foundWithinMs }: Bounds): Shape {
  return {
    skewMs: random.pick([0, skewMs]),
    foundWithinMs,
    maxReceives: random.pick([20, 20, 20, 6, 4]),
    crm: {
      search: random.pick(['exact', 'contains']),
      rows: random.pick(['whole', 'whole', 'ids']),
      pages: random.pick(['counted', 'counted', 'uncounted', 'ignored']),
      sort: random.pick(['newest', 'oldest']),
      isUnique: random.chance(0.2),
      heedsIdempotencyKey: random.chance(0.2),
      crowd: random.pick([0, 0, 0, 30]),
    },
  };
}

/** The same of an account of the Open API, whose numbers are never unique, and which heeds no key of ours. */
function inDialect(dialect: Dialect, shape: Shape, random: Random): Shape {
  if (dialect === 'orders') return shape;
  const openApi = {
    filters: random.pick(['ignored', 'ignored', 'heeded'] as const),
    echo: random.chance(0.85),
    mostRows: random.pick([100, 100, 10]),
    calls: random.pick([1000, 1000, 40, 10]),
  };
  return { ...shape, crm: { ...shape.crm, isUnique: false, heedsIdempotencyKey: false, openApi } };
}
