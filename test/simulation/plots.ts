import { callers, contents } from './ingredients.ts';
import type { Random } from './random.ts';
import type { CallerName, CrmFault, Deed, Happening } from './story.ts';

const MINUTE_MS = 60_000;

/** Some things that only break something together, and hardly meet by chance. */
type Plot = (random: Random, number: string, at: number) => readonly Happening[];

const posting = (
  number: string,
  at: number,
  content: string,
  caller: CallerName = 'shop',
  waitSeconds = 0,
): Deed => ({ at, does: 'post', caller, number, content, waitSeconds });

const crmIs = (kind: CrmFault, at: number, ms: number, share = 1): Happening => ({
  at,
  trouble: 'crm',
  kind,
  ms,
  share,
});

/** Orders are parked, and sent back while things go on. */
const outage: Plot = (random, number, at) => {
  const ms = random.pick([5, 20, 60, 240, 900]) * MINUTE_MS;
  const over = at + ms;
  return [
    crmIs(random.pick(['refused', 'failed', 'hang', 'forbidden', 'reset']), at, ms),
    posting(number, at + random.between(0, 5000), random.pick(contents), random.pick(callers)),
    ...(random.chance(0.5)
      ? [posting(number, over - random.between(0, 600_000), random.pick(contents))]
      : []),
    ...(random.chance(0.5)
      ? [posting(number, over + random.between(0, 600_000), random.pick(contents))]
      : []),
    ...(random.chance(0.5) ? [{ at: over + random.between(0, 300_000), does: 'tend' } as const] : []),
    ...(random.chance(0.3)
      ? [
          {
            at: over + random.between(0, 300_000),
            does: 'redrive',
            number,
            dies: random.chance(0.5),
          } as const,
        ]
      : []),
  ];
};

/** The CRM does what it is asked, and nobody hears of it. */
const doubt: Plot = (random, number, at) => [
  crmIs(
    random.pick([
      'lost',
      'hang_commit',
      'late',
      'late_reset',
      'failed_commit',
      'stalled',
      'no_id',
      'html',
      'wrong_id',
    ]),
    at,
    random.pick([10_000, 10_000, 60_000, 20 * MINUTE_MS]),
  ),
  posting(number, at + random.between(0, 3000), random.pick(['red', 'blue'])),
  ...(random.chance(0.3)
    ? [
        crmIs(
          random.pick(['refused', 'forbidden', 'failed', 'busy']),
          at + 15_000,
          random.pick([MINUTE_MS, 30 * MINUTE_MS]),
        ),
      ]
    : []),
  ...(random.chance(0.3) ? [posting(number, at + random.between(0, 30 * MINUTE_MS), 'green')] : []),
];

/** The key is another one, and the secret is late. */
const rotation: Plot = (random, number, at) => [
  posting('1', Math.max(0, at - 60_000), 'red'),
  { at, does: 'rotate_key', secretLagsMs: random.pick([0, 20_000, 400_000]) },
  posting(number, at + random.between(0, 20_000), random.pick(contents)),
];

/** Two at once, under one number. */
const race: Plot = (random, number, at) => {
  const waitSeconds = random.pick([0, 8, 20]);
  const close = random.pick([0, 10, 60, 200, 700, 1500]);
  return [
    posting(number, at, 'red', 'shop', waitSeconds),
    posting(number, at + close, random.pick(['red', 'blue']), random.pick(callers), waitSeconds),
  ];
};

/** An operator submits what its caller posts too. */
const nameless: Plot = (random, number, at) => {
  const content = random.pick(['red', 'bad']);
  return [
    { at, does: 'submit', number, content, caller: undefined },
    posting(
      number,
      at + random.pick([-20, 0, 100, 2000, 60_000]) + 20,
      random.chance(0.8) ? content : 'blue',
    ),
    ...(random.chance(0.4) ? [posting(number, at + 5 * MINUTE_MS, 'green')] : []),
  ];
};

/** Somebody else's order has the number, before ours or between two of our attempts. */
const taken: Plot = (random, number, at) => [
  { at: at + random.pick([0, 1000, 20_000]), does: 'others_order', number },
  crmIs(
    random.pick(['refused', 'refused', 'forbidden', 'busy', 'lost', 'hang']),
    at,
    random.pick([2000, 15_000, 10 * MINUTE_MS]),
  ),
  posting(number, at + random.between(0, 1500), random.pick(['red', 'bad'])),
  ...(random.chance(0.5)
    ? [{ at: at + random.pick([30_000, 10 * MINUTE_MS]), does: 'remove_others_order', number } as const]
    : []),
  ...(random.chance(0.5) ? [posting(number, at + random.pick([40_000, 11 * MINUTE_MS]), 'red')] : []),
];

/** Refused for what it says, and corrected, perhaps too late. */
const correction: Plot = (random, number, at) => [
  posting(number, at, 'bad'),
  posting(number, at + random.pick([3000, 30_000, 5 * MINUTE_MS]), 'red'),
  ...(random.chance(0.5) ? [posting(number, at + random.pick([3100, 60_000]), 'blue')] : []),
  ...(random.chance(0.3) ? [{ at: at + 2000, does: 'move_all' } as const] : []),
  ...(random.chance(0.3)
    ? [{ at: at + 4000, trouble: 'queue', kind: 'late', ms: 30_000, share: 1 } as const]
    : []),
];

/** A consumer stops in the middle of it, and another takes over. */
const zombie: Plot = (random, number, at) => [
  posting(number, at, 'red'),
  {
    at,
    blow: random.chance(0.6) ? { freezeMs: random.pick([10_000, 30_000, 55_000]) } : 'death',
    of: 'syncOrders',
    call: random.pick(['PutItem syncing', 'POST', 'PutItem synced', 'SendMessage', 'GetSecretValue']),
    skip: 0,
    when: 'after',
  },
  ...(random.chance(0.5) ? [{ at, trouble: 'queue', kind: 'duplicate', ms: 10_000, share: 1 } as const] : []),
  ...(random.chance(0.4) ? [crmIs(random.pick(['late', 'hang_commit', 'slow']), at, 30_000)] : []),
];

/** What is received again and again is moved by SQS. */
const patience: Plot = (random, number, at) => {
  const ms = random.pick([30, 240, 1440]) * MINUTE_MS;
  return [
    posting(number, at + 1000, random.pick(['red', 'red', 'bad'])),
    random.pick<Happening>([
      crmIs('busy', at, ms),
      { at, trouble: 'secrets', kind: 'down', ms, share: 1 },
      { at, trouble: 'ledger', kind: 'down', ms, share: 1 },
    ]),
    ...(random.chance(0.5)
      ? [posting(number, at + ms + random.between(0, 1_800_000), random.pick(['red', 'blue']))]
      : []),
  ];
};

/** Several at once, of which the CRM wants none just now. */
const throttled: Plot = (random, number, at) => [
  ...['a', 'b', number].map((one) => posting(one, at + random.between(0, 50), 'red')),
  crmIs('busy', at, random.pick([2000, 60_000]), random.pick([0.5, 1])),
];

/** Nobody takes anything from the queue, perhaps for longer than a message lives. */
const standstill: Plot = (random, number, at) => {
  const ms = random.pick([60, 24 * 60, 5 * 24 * 60]) * MINUTE_MS;
  return [
    posting(number, at + random.between(-1000, 1000) + 1000, random.pick(['red', 'bad'])),
    { at, trouble: 'mapping', kind: 'off', ms, share: 1 },
    ...(random.chance(0.5) ? [posting(number, at + ms + random.between(-60_000, 600_000), 'red')] : []),
  ];
};

/** The last attempt commits late, the order is parked meanwhile, and whoever sent it does so again at once. */
const impatience: Plot = (random, number, at) => [
  crmIs(random.pick(['refused', 'failed']), at, 150_000),
  crmIs(random.pick(['late', 'late_reset']), at + 150_000, 7 * MINUTE_MS),
  posting(number, at, 'red'),
  // The last of four attempts comes after 210 to 315 s.
  ...Array.from({ length: 14 }, (_, i) => posting(number, at + 212_000 + i * 9000, 'red')),
];

/** What is in the CRM, and could not be found there, is parked, and then corrected. */
const relapse: Plot = (random, number, at) => [
  crmIs(random.pick(['lost', 'hang_commit', 'failed_commit']), at, 15_000),
  { at, trouble: 'search', kind: 'failed', ms: 6 * MINUTE_MS, share: 1 },
  posting(number, at, 'red'),
  // The same customer's, who has changed their mind; or another's.
  posting(number, at + 6 * MINUTE_MS + random.between(0, 60_000), random.pick(['green', 'green', 'blue'])),
];

/** What came without a name is late, and the caller's own was refused meanwhile. */
const stray: Plot = (random, number, at) => [
  { at, trouble: 'queue', kind: 'late', ms: 150, share: 1 },
  { at, does: 'submit', number, content: random.pick(['red', 'bad red']), caller: undefined },
  posting(number, at + random.between(200, 2000), 'bad'),
  ...(random.chance(0.3) ? [posting(number, at + 3 * MINUTE_MS, 'red')] : []),
];

/** A run breaks off just as it sends back what an outage has parked. */
const interruption: Plot = (random, number, at) => [
  crmIs('refused', at, 6 * MINUTE_MS),
  posting(number, at, 'red'),
  ...['SendMessage orders', 'DeleteMessage', 'PutItem'].flatMap((call) =>
    random.chance(0.7)
      ? [
          {
            at: at + 7 * MINUTE_MS,
            blow: 'death',
            of: 'tendDeadLetters',
            call,
            skip: random.pick([0, 0, 1]),
            when: random.pick(['before', 'after'] as const),
          } as const,
        ]
      : [],
  ),
  ...(random.chance(0.3) ? [posting(number, at + random.between(7, 14) * MINUTE_MS, 'blue')] : []),
];

/** It came to its end, nobody was told, and then no message of it is left. */
const silence: Plot = (random, number, at) => [
  posting(number, at, random.pick(['red', 'bad'])),
  { at, blow: 'death', of: 'syncOrders', call: 'SendMessage outcomes', skip: 0, when: 'before' },
  { at: at + 1000, trouble: 'mapping', kind: 'off', ms: 5 * 24 * 60 * MINUTE_MS, share: 1 },
];

/** What was corrected comes once more, and late. */
const echo: Plot = (random, number, at) => [
  { at, trouble: 'queue', kind: random.pick(['duplicate', 'reappear']), ms: 10_000, share: 1 },
  posting(number, at, 'bad'),
  posting(number, at + random.between(3000, 20_000), 'red'),
  ...(random.chance(0.5) ? [posting(number, at + 60_000, 'red')] : []),
];

/** What came without a name is there, and its caller posts it while the ledger cannot say so. */
const stranger: Plot = (random, number, at) => [
  { at, does: 'submit', number, content: 'red', caller: undefined },
  { at: at + 20_000, trouble: 'ledger', kind: random.pick(['down', 'throttle']), ms: 10_000, share: 1 },
  posting(number, at + 20_000 + random.between(0, 8000), 'red'),
];

export const PLOTS: readonly Plot[] = [
  outage,
  outage,
  doubt,
  doubt,
  rotation,
  race,
  nameless,
  taken,
  correction,
  zombie,
  zombie,
  patience,
  throttled,
  standstill,
  impatience,
  relapse,
  stray,
  interruption,
  silence,
  echo,
  stranger,
];
