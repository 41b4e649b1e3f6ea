import { withContainersClocks } from './container.ts';
import { tend } from './functions.ts';
import type { Broken } from './journal.ts';
import { startMapping } from './mapping.ts';
import { doDeed } from './people.ts';
import { brokenPromises, isLeftIn, isUnderWay, recordsOf } from './promises.ts';
import { isDeed, type Story } from './story.ts';
import { START_MS, World } from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export interface Run {
  broken: readonly Broken[];
  situations: ReadonlySet<string>;
  lines: readonly string[];
  steps: number;
  /** How many there were, and of how many only a person can say whether the CRM has them. */
  orders: number;
  forAPerson: number;
}

/** Lets a story happen, waits until all has come to rest, and looks at every promise. */
export function runStory(story: Story, options: { isTold?: boolean } = {}): Promise<Run> {
  return withContainersClocks(async () => {
    const world = new World(story, options);
    const { time } = world;
    startMapping(world);
    for (const deed of story.happenings.filter(isDeed)) {
      time.at(START_MS + deed.at, () => doDeed(world, deed));
    }
    const endOfStory = Math.max(
      0,
      ...story.happenings.map((happening) => happening.at + ('ms' in happening ? happening.ms : 0)),
    );
    const random = world.random.fork('schedule');
    const calm = START_MS + endOfStory + MINUTE_MS;
    // Every 5 minutes; in a long story less often, because most of those runs would find what the last one did.
    const everyMs = Math.max(5 * MINUTE_MS, (calm - START_MS) / 40);
    for (let at = START_MS + random.between(0, 5 * MINUTE_MS); at < calm; at += everyMs) {
      time.at(at, () => void tend(world));
    }
    await time.runUntil(calm);

    world.note('the world', 'is well again');
    world.faults.end();
    // Long enough for the last of a letter's five returns; seldom, because nothing else happens.
    for (const hours of [0, 0.2, 0.4, 0.6, 1, 1.5, 2, 3, 4, 6, 8, 10, 14, 18, 22]) {
      time.at(calm + hours * HOUR_MS, () => void tend(world));
    }
    await time.runUntil(calm + 23 * HOUR_MS);
    // Two letters of one number take turns, and so take longer.
    for (let hours = 24; hours < 72 && isUnderWay(world); hours += 2) {
      time.at(calm + hours * HOUR_MS, () => void tend(world));
      await time.runUntil(calm + (hours + 1) * HOUR_MS);
    }
    if (world.journal.forgotten.size > 0 || isLeftIn(world)) {
      // What has been erased unseen, has come to its end untold, or has not followed is missed when no message of it can live any more.
      time.at(calm + 98 * HOUR_MS, () => void tend(world));
      await time.runUntil(calm + 99 * HOUR_MS);
    }
    const checking = brokenPromises(world);
    await time.runUntil(time.now() + MINUTE_MS);
    const broken = await checking;
    const { situations, lines } = world;
    const records = recordsOf(world);
    const forAPerson = records.filter(({ state, error }) => state === 'parked' && error?.type === 'UNPROVEN');
    return {
      broken,
      situations,
      lines,
      steps: time.steps(),
      orders: records.length,
      forAPerson: forAPerson.length,
    };
  });
}
