import * as z from 'zod/mini';
import { type Reason, type ReasonCode, reasonSchema } from './reasons.ts';

const FAILURE_TYPES = [
  'CONNECTION',
  'RATE_LIMIT',
  'AUTHENTICATION',
  'CONFIGURATION',
  'VALIDATION',
  /** Another order has its number, or the CRM says that it has this one already. */
  'CONFLICT',
  /** The CRM may have it, and can neither show it nor prove that it is not there. */
  'UNPROVEN',
  /** It never was an order. */
  'MALFORMED',
  /** Nobody wrote down why: SQS itself moved its message. */
  'NO_REASON',
  /** A type that this version does not know. */
  'UNKNOWN',
] as const;
export type FailureType = (typeof FAILURE_TYPES)[number];

/** What a type of failure says where nothing more is known. */
interface Meaning {
  reason: ReasonCode;
  /** Parked, the order is sent back by itself once the cause has passed. */
  comesBack: boolean;
  /** Only the operator can mend it, and only the operator is told of its internals. */
  isOperators: boolean;
}

export const FAILURES: Readonly<Record<FailureType, Meaning>> = {
  CONNECTION: { reason: 'crm_unreachable', comesBack: true, isOperators: false },
  RATE_LIMIT: { reason: 'crm_busy', comesBack: true, isOperators: false },
  AUTHENTICATION: { reason: 'key_refused', comesBack: true, isOperators: true },
  CONFIGURATION: { reason: 'crm_misconfigured', comesBack: true, isOperators: true },
  VALIDATION: { reason: 'refused_unknown', comesBack: false, isOperators: false },
  CONFLICT: { reason: 'number_taken', comesBack: false, isOperators: false },
  UNPROVEN: { reason: 'unproven', comesBack: false, isOperators: false },
  MALFORMED: { reason: 'not_an_order', comesBack: false, isOperators: false },
  NO_REASON: { reason: 'broke_off', comesBack: true, isOperators: false },
  UNKNOWN: { reason: 'unknown', comesBack: false, isOperators: false },
};

/** Reads a type; `options` lists them all. */
export const failureType = z.enum(FAILURE_TYPES);
/** That is written onto a letter: that nobody wrote one is no type to be read. */
export const writtenFailureType = z.enum(FAILURE_TYPES.filter((type) => type !== 'NO_REASON'));

/** Why an order is not in the CRM, as the ledger and an outcome keep it. Nothing personal. */
export const failureSchema = z.object({
  type: z.catch(failureType, 'UNKNOWN'),
  message: z.string(),
  /** Missing in what was written before there were any. */
  reasons: z.optional(z.array(reasonSchema)),
});
export type Failure = z.output<typeof failureSchema>;

/** Why it failed: its reasons, or what its type says. At least one. */
export const reasonsOf = ({
  type,
  reasons = [],
}: {
  type: FailureType;
  reasons?: readonly Reason[] | undefined;
}): readonly Reason[] => (reasons.length > 0 ? reasons : [{ code: FAILURES[type].reason }]);
