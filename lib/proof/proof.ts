import * as z from 'zod/mini';

/** What can be wrong with an order that the ledger has as synced. */
export const FINDINGS = [
  'missing',
  'twice',
  /** There under another id than it was synced as, or it says something else there. */
  'different',
  /** Sitniks has answered, and its answer proves nothing. */
  'unclear',
] as const;
export type Finding = (typeof FINDINGS)[number];

const count = z._default(z.number(), 0);

/** How many orders of a caller's. */
const tallySchema = z.object({
  accepted: count,
  there: count,
  under_way: count,
  /** Rejected or parked: whoever sent it has been told, and the dead-letter queue has it. */
  aside: count,
  missing: count,
  twice: count,
  different: count,
  unclear: count,
});
export type Tally = z.output<typeof tallySchema>;

/** How far the proof of a day has come, and what it has found: numbers of orders, and nothing personal. */
export const proofSchema = z.object({
  /** In Kyiv: `2026-01-31`. */
  day: z.string(),
  /** Epoch ms. */
  begun_at: z.number(),
  /** All that came before this (ISO 8601) has been looked at; and of this very millisecond, these. */
  seen: z.object({ at: z.string(), ids: z.array(z.string()) }),
  /** Under `#` what was injected without a caller. */
  by_caller: z.record(z.string(), tallySchema),
  /** The first of them by name; the tallies have them all. */
  findings: z.array(
    z.object({
      external_id: z.string(),
      caller: z.string(),
      finding: z.enum(FINDINGS),
      why: z.string(),
    }),
  ),
  /** Could not be asked for yet: asked again at the end, and by the next run. */
  again: z.array(z.object({ external_id: z.string(), why: z.string() })),
  is_complete: z.boolean(),
  /** Callers whose chats have been told. */
  told: z.array(z.string()),
  /** As it was read; 0 before the first write. */
  version: z.number(),
});
export type Proof = z.output<typeof proofSchema>;

/** Nobody's name: no caller's has this character. */
export const NO_CALLER = '#';

export const newProof = (day: string, now: number, version = 0): Proof => ({
  day,
  begun_at: now,
  seen: { at: '', ids: [] },
  by_caller: {},
  findings: [],
  again: [],
  is_complete: false,
  told: [],
  version,
});

const MOST_NAMED = 200;

/** One more order of the day's. */
export function counted(proof: Proof, caller: string, external_id: string, verdict: Verdict): Proof {
  const tally = proof.by_caller[caller] ?? tallySchema.parse({});
  const { finding, why } = verdict;
  const isFound = isFinding(finding);
  return {
    ...proof,
    by_caller: {
      ...proof.by_caller,
      [caller]: { ...tally, accepted: tally.accepted + 1, [finding]: tally[finding] + 1 },
    },
    findings:
      isFound && proof.findings.length < MOST_NAMED
        ? [...proof.findings, { external_id, caller, finding, why }]
        : proof.findings,
  };
}

export interface Verdict {
  finding: 'there' | 'under_way' | 'aside' | Finding;
  /** Nothing personal. */
  why: string;
}

const isFinding = (finding: string): finding is Finding => FINDINGS.some((one) => one === finding);

/** Of these callers together, or of all. */
export function tallyOf(proof: Proof, callers = Object.keys(proof.by_caller)): Tally {
  const tallies = callers.map((caller) => proof.by_caller[caller] ?? tallySchema.parse({}));
  const sum = (name: keyof Tally) => tallies.reduce((all, tally) => all + tally[name], 0);
  return {
    accepted: sum('accepted'),
    there: sum('there'),
    under_way: sum('under_way'),
    aside: sum('aside'),
    missing: sum('missing'),
    twice: sum('twice'),
    different: sum('different'),
    unclear: sum('unclear'),
  };
}

/** The one number: 0 where every order that the ledger has as synced is in Sitniks, once and as it was sent. */
export const unprovenIn = ({ missing, twice, different, unclear }: Tally): number =>
  missing + twice + different + unclear;
