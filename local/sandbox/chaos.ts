import * as z from 'zod';
import { type CallKind, FAULTS, type FaultName, type FaultSettings, faultSettings } from './faults.ts';
import { mulberry32 } from './mulberry32.ts';

/** The body of `PUT /_sandbox/chaos`: every `every`th CRM call draws one of `faults`. */
export const chaosInput = z.strictObject({
  every: z.int().min(1),
  /** Names, or names with their settings, e.g. `['reset', { fault: 'status', status: 503 }]`. */
  faults: z
    .array(z.union([z.enum(FAULTS).transform((fault): FaultSettings => ({ fault })), faultSettings]))
    .min(1),
  /** The same seed draws the same faults for the same calls. */
  seed: z.int().default(1),
});

export type ChaosInput = z.input<typeof chaosInput>;

/** These are about the order that was sent; no other call sends one. */
const ONLY_ON_CREATE: readonly FaultName[] = ['validation', 'no_id', 'wrong_id'];

/** Faults by lot, for soaks; the lots are the same in every run. */
export function chaosDraw() {
  let draw: (kind: CallKind) => FaultSettings | undefined = () => undefined;
  return {
    /** @throws {z.ZodError} naming the fields that are wrong. */
    set(input: unknown): z.infer<typeof chaosInput> {
      const settings = chaosInput.parse(input);
      const random = mulberry32(settings.seed);
      let calls = 0;
      draw = (kind) => {
        calls += 1;
        if (calls % settings.every !== 0) return undefined;
        const lots = settings.faults.filter(
          ({ fault }) => kind === 'create' || !ONLY_ON_CREATE.includes(fault),
        );
        return lots[Math.floor(random() * lots.length)];
      };
      return settings;
    },
    stop(): void {
      draw = () => undefined;
    },
    /** To be asked once for each CRM call. */
    draw: (kind: CallKind): FaultSettings | undefined => draw(kind),
  };
}

export type ChaosDraw = ReturnType<typeof chaosDraw>;
