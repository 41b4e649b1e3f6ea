import { type Bundle, buildBundles } from '../bundles.ts';
import { PRICES } from '../model/prices.ts';
import { asDeployed } from '../model/stack.ts';
import type { Measure } from '../report/report.ts';
import { median } from '../report/statistics.ts';
import { type ColdStart, coldStarts } from '../stage/cold.ts';
import { eventsOn } from '../stage/events.ts';
import { processorShare } from '../stage/share.ts';
import { startStage } from '../stage/stage.ts';

const SIZES = [128, 256, 512, 1024, 1769];
/** A function has a whole core from here on, and a part of one in proportion below (Lambda guide, "Memory"). */
const WHOLE_CORE_MB = 1769;
const CALL_MS = 5;
/** Of the CRM, an endpoint or a chat. */
const FETCH_MS = 200;
/** Warm invocations after the cold one. */
const WARM = 3;
const CHECKED = 'acceptOrder';
const CHECKED_SIZES = [128, 512, 1769];
const MB_PER_GB = 1024;

interface Needs {
  /** Processor time (ms). */
  cold: number;
  warm: number;
  /** For others (ms). */
  coldWait: number;
  warmWait: number;
  peakMb: number;
}

/** How long each function takes, and what it costs, with the part of a core that each size of memory brings. */
export const measureMemorySizes: Measure = async ({ isQuick }) => {
  const runs = isQuick ? 1 : 3;
  const bundles = await buildBundles(isQuick ? ['acceptOrder', 'syncOrders'] : undefined);
  const stage = await startStage();
  const eventFor = eventsOn(stage);
  const cold = await coldStarts();
  const share = await processorShare();
  const run = async (bundle: Bundle, starts = cold): Promise<ColdStart> => {
    const events: object[] = [];
    for (let i = 0; i <= WARM; i += 1) events.push(await eventFor(bundle.name));
    return starts.of(bundle, events, { ...bundle.environment, ...stage.environment });
  };
  try {
    const needs = new Map<string, Needs>();
    const measured = new Map<string, ColdStart[]>(bundles.map(({ name }) => [name, []]));
    for (let i = 0; i < runs; i += 1) {
      for (const bundle of bundles) measured.get(bundle.name)?.push(await run(bundle));
    }
    for (const [name, starts] of measured) needs.set(name, needsOf(starts));

    const checked: string[][] = [];
    const bundle = bundles.find(({ name }) => name === CHECKED);
    if (share !== undefined && bundle !== undefined) {
      const throttled = await coldStarts(share.launcher);
      for (const mb of isQuick ? [512] : CHECKED_SIZES) {
        await share.set(shareOf(mb));
        const times: number[] = [];
        for (let i = 0; i < (isQuick ? 1 : 3); i += 1) {
          const { load, first } = await run(bundle, throttled);
          times.push(load.wallMs + first.wallMs);
        }
        const { cold: cpuMs = 0 } = needs.get(CHECKED) ?? {};
        checked.push([`${mb} MB`, (cpuMs / shareOf(mb)).toFixed(0), median(times).toFixed(0)]);
      }
      await throttled.end();
    }

    const { memoryMb } = await asDeployed();
    const cells = (cell: (needs: Needs, mb: number) => string) =>
      [...needs].map(([name, one]) => [name, ...SIZES.map((mb) => cell(one, mb))]);
    const head = (what: string) => [what, ...SIZES.map((mb) => `${mb} MB`)];
    return {
      how: `Each function in ${runs} fresh processes on stand-ins, invoked once cold and ${WARM} times warm: processor time of all threads, the calls that it makes, and the most memory that the process ever had. A size of memory brings its part of a core (${WHOLE_CORE_MB} MB a whole one), so the time is by arithmetic: processor time / part of a core, and for each call of AWS ${CALL_MS} ms, for each of the CRM, an endpoint or a chat ${FETCH_MS} ms. That Lambda loads a function faster than its size says is left out. Prices as in \`npm run model\`. ${checked.length === 0 ? 'This machine let nobody make a share of the processor, so the arithmetic was not checked.' : `The arithmetic was checked for \`${CHECKED}\` by the clock, in a control group with that part of a core (cgroup v1, \`cpu.cfs_quota_us\`, periods of 20 ms).`}`,
      tables: [
        {
          head: [
            'function',
            'processor, cold (ms)',
            'warm (ms)',
            'waits, cold (ms)',
            'warm (ms)',
            'memory (MB)',
          ],
          rows: [...needs].map(([name, one]) => [
            name,
            one.cold.toFixed(0),
            one.warm.toFixed(1),
            one.coldWait.toFixed(0),
            one.warmWait.toFixed(0),
            one.peakMb.toFixed(0),
          ]),
        },
        { head: head('cold: loaded and invoked (ms)'), rows: cells((one, mb) => coldMs(one, mb).toFixed(0)) },
        { head: head('warm (ms)'), rows: cells((one, mb) => warmMs(one, mb).toFixed(0)) },
        {
          head: head('a million cold ($)'),
          rows: cells((one, mb) => dollars(coldMs(one, mb), mb)),
        },
        { head: head('a million warm ($)'), rows: cells((one, mb) => dollars(warmMs(one, mb), mb)) },
        ...(checked.length === 0
          ? []
          : [{ head: [`\`${CHECKED}\`, cold`, 'by arithmetic (ms)', 'by the clock (ms)'], rows: checked }]),
      ],
      says: [
        `What computes costs the same at every size, for twice the size takes half the time; what waits costs in proportion. Nearly every invocation of a small shop is a cold one. So where somebody waits a function has the largest size of these at which a million cold invocations cost at most a quarter more than at the smallest: a whole core for \`acceptOrder\` and \`getOrder\`, 1024 MB for \`managerPage\`, ${memoryMb} MB for \`syncOrders\` and \`notifySubmitter\`, which wait most of the time. The rest, for which nobody waits, keep what they had: it costs them next to nothing, and leaves room for a day with many letters.`,
      ],
    };
  } finally {
    await share?.end();
    await cold.end();
    await stage.stack.stop();
  }
};

function needsOf(starts: readonly ColdStart[]): Needs {
  const of = (what: (start: ColdStart) => number) => median(starts.map(what));
  const waits = ({ calls, fetches }: ColdStart['first']) => calls * CALL_MS + fetches * FETCH_MS;
  const perLater = (what: (timing: ColdStart['first']) => number) =>
    of(({ later }) => median(later.map(what)));
  return {
    cold: of(({ load, first }) => load.allCpuMs + first.allCpuMs),
    warm: perLater(({ allCpuMs }) => allCpuMs),
    coldWait: of(({ first }) => waits(first)),
    warmWait: perLater(waits),
    peakMb: of(({ peakMb }) => peakMb),
  };
}

const shareOf = (mb: number): number => Math.min(1, mb / WHOLE_CORE_MB);
const coldMs = ({ cold, coldWait }: Needs, mb: number): number => cold / shareOf(mb) + coldWait;
const warmMs = ({ warm, warmWait }: Needs, mb: number): number => warm / shareOf(mb) + warmWait;
const dollars = (ms: number, mb: number): string =>
  (ms * (mb / MB_PER_GB) * 1000 * PRICES.lambdaGbSecond.usd).toFixed(2);
