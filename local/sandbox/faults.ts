import * as z from 'zod';
import { mulberry32 } from './mulberry32.ts';

/** Every fault the sandbox can play; play-fault.ts says what each does. */
export const FAULTS = [
  'status',
  'rate_limit',
  'unauthorized',
  'validation',
  'timeout',
  'reset',
  'lost_response',
  'late_commit',
  'stalled_body',
  'redirect',
  'html_ok',
  'error_ok',
  'no_id',
  'wrong_id',
  'huge_body',
  'slow',
  'bad_gateway',
  'empty_ok',
] as const;

export type FaultName = (typeof FAULTS)[number];

/** `create` makes an order, `status` changes one's status, `payment` books what was paid, `search` is every read. */
export type CallKind = 'create' | 'search' | 'status' | 'payment';

/** A fault and how to play it: what a chaos entry may hold. */
export const faultSettings = z.strictObject({
  fault: z.enum(FAULTS),
  /** Milliseconds; for `slow` (default 1000) and `late_commit` (default 1500). */
  latency_ms: z.int().min(0).max(3_600_000).optional(),
  /** For `rate_limit`, default 1: seconds, or any text such as an HTTP date, sent as it is. */
  retry_after: z.union([z.number(), z.string().regex(/^[ -~]+$/)]).optional(),
  /** For `status`, default 500, and for `validation`, 422 (default) or 400. */
  status: z.int().min(200).max(599).optional(),
  /**
   * For `validation`: what it says, as `message`, and by field, as `errors` (`{ "items.0.price": ["…"] }`). Without
   * either it complains of the phone. So every refusal can be had, also one in words that nobody knows.
   */
  message: z.string().optional(),
  errors: z.record(z.string(), z.array(z.string())).optional(),
});

/** The body of `POST /_sandbox/faults`. */
export const faultInput = faultSettings.extend({
  /** How many calls it hits before it is used up. */
  times: z.int().min(1).default(1),
  /** Which calls it may hit. */
  on: z.enum(['create', 'search', 'status', 'payment', 'any']).default('create'),
  /** Only calls for this order. */
  external_id: z.string().min(1).optional(),
  /** The share of matching calls that it hits, above 0 and up to 1; the same calls in every run. */
  rate: z.number().gt(0).max(1).default(1),
});

export type FaultSettings = z.infer<typeof faultSettings>;
export type FaultInput = z.input<typeof faultInput>;
/** A fault that waits for its calls; `remaining` counts down from `times`. */
export type SandboxFault = z.infer<typeof faultInput> & { remaining: number };

/** The faults that wait to be played, first set, first played. */
export function faultTable() {
  let faults: SandboxFault[] = [];
  let random = mulberry32(1);
  return {
    /** @throws {z.ZodError} naming the fields that are wrong. */
    set(input: unknown): SandboxFault {
      const settings = faultInput.parse(input);
      const fault = { ...settings, remaining: settings.times };
      faults.push(fault);
      return { ...fault };
    },
    list: (): readonly SandboxFault[] => faults.map((fault) => ({ ...fault })),
    clear(): void {
      faults = [];
      random = mulberry32(1);
    },
    /** The fault that hits this call, if any, with one of its times used up. */
    take(kind: CallKind, externalId: string | undefined): FaultSettings | undefined {
      const hit = faults.find(
        ({ on, external_id, rate }) =>
          (on === 'any' || on === kind) &&
          (external_id === undefined || external_id === externalId) &&
          (rate === 1 || random() < rate),
      );
      if (hit) hit.remaining -= 1;
      faults = faults.filter(({ remaining }) => remaining > 0);
      return hit;
    },
  };
}

export type FaultTable = ReturnType<typeof faultTable>;
