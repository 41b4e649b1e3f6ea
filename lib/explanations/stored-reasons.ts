import type { Reason, ReasonCode } from './reasons.ts';

/** What the type of a failure says of why, where nothing else does. */
const BY_TYPE: ReadonlyMap<string, ReasonCode> = new Map([
  ['CONNECTION', 'crm_unreachable'],
  ['AUTHENTICATION', 'key_refused'],
  ['RATE_LIMIT', 'crm_busy'],
  ['CONFIGURATION', 'crm_misconfigured'],
  ['VALIDATION', 'refused_unknown'],
  ['MALFORMED', 'not_an_order'],
  ['CONFLICT', 'number_taken'],
  // Of a letter: SQS itself moved it.
  ['NO_REASON', 'broke_off'],
]);

/** The reasons of a failure that was stored; of one from before there were any, what its type says. At least one. */
export function storedReasons({
  type,
  reasons = [],
}: {
  type: string;
  reasons?: readonly Reason[] | undefined;
}): readonly Reason[] {
  return reasons.length > 0 ? reasons : [{ code: BY_TYPE.get(type) ?? 'unknown' }];
}
