import { BOUNDS, type Bounds } from './bounds.ts';
import {
  blow,
  CRM_FAULTS,
  callers,
  DEEDS,
  FOLLOWING,
  FOLLOWING_CALLS,
  post,
  TROUBLES,
} from './ingredients.ts';
import { PLOTS } from './plots.ts';
import { Random } from './random.ts';
import { type Dialect, type Happening, isDeed, type Shape, type Story, type Trouble } from './story.ts';

/**
 * A story from a seed. Each has only some kinds of everything in it, because what is rare is not seen where everything
 * happens at once; and what happens comes in bursts, because what breaks is what meets.
 */
export function inventStory(
  seed: number,
  bounds: Bounds = BOUNDS,
  dialect: Dialect = 'orders',
  follows = false,
): Story {
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
  const story = { seed, shape, happenings: happenings.sort((a, b) => a.at - b.at) };
  return follows ? withFollowing(story, bounds) : story;
}

/**
 * The same story, in which callers say how far their orders are, and what was paid. Beside it, and not in each, for what
 * the others have found stays in their seeds.
 */
function withFollowing(story: Story, bounds: Bounds): Story {
  const random = new Random(`following ${story.seed}`);
  const follows = { isAskable: random.chance(0.7), books: random.chance(0.8) };
  const posts = story.happenings.filter((one) => isDeed(one) && 'number' in one);
  const happenings = [...story.happenings];
  for (let count = random.between(1, 5); count > 0; count -= 1) {
    const after = random.pick(posts);
    const at =
      (after?.at ?? 0) + random.pick([500, 5000, random.between(0, 120_000), random.between(0, 1_800_000)]);
    const number = after !== undefined && 'number' in after ? after.number : '1042';
    happenings.push(random.pick(FOLLOWING)(random, number, at));
    if (random.chance(0.3)) happenings.push(blow(random, at, bounds, FOLLOWING_CALLS));
    if (random.chance(0.4)) {
      const share = random.pick([0.3, 0.7, 1]);
      happenings.push(crmTrouble(random, at, random.pick([10_000, 60_000, 300_000]), share));
    }
    if (random.chance(0.2)) happenings.push(...twoStatusesAtOnce(random, number, at));
  }
  return {
    ...story,
    shape: { ...story.shape, crm: { ...story.shape.crm, follows } },
    happenings: happenings.sort((a, b) => a.at - b.at),
  };
}

/** The first of them may be set after the second. */
function twoStatusesAtOnce(random: Random, number: string, at: number): readonly Happening[] {
  const said = { does: 'say_status', caller: random.pick(callers), number } as const;
  return [
    { ...said, at, status: 'PENDING_PAYMENT' },
    { at, trouble: 'crm', kind: random.pick(['late', 'late_reset', 'slow'] as const), ms: 3000, share: 1 },
    { ...said, at: at + random.between(1000, 25_000), status: 'PAID' },
  ];
}

const crmTrouble = (random: Random, at: number, ms: number, share: number): Trouble => ({
  at,
  trouble: 'crm',
  kind: random.pick(CRM_FAULTS),
  ms,
  share,
});

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
