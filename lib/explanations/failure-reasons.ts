import type { CrmFailure } from '../sitniks/result.ts';
import type { Reason, ReasonCode } from './reasons.ts';

/**
 * Why a call to the CRM failed, for whoever asks.
 *
 * @param doubt of what the CRM may hold without having said so; see `LedgerRecord`
 */
export function failureReasons(failure: CrmFailure, doubt: string | undefined): Reason[] {
  if (failure.reasons !== undefined && failure.reasons.length > 0) return [...failure.reasons];
  return [{ code: codeOf(failure.type, doubt !== undefined) }];
}

function codeOf(type: CrmFailure['type'], isInDoubt: boolean): ReasonCode {
  switch (type) {
    case 'VALIDATION':
      return 'refused_unknown';
    case 'CONFLICT':
      return 'duplicate_in_crm';
    case 'AUTHENTICATION':
      return 'key_refused';
    case 'CONFIGURATION':
      return 'crm_misconfigured';
    case 'RATE_LIMIT':
      return 'crm_busy';
    case 'CONNECTION':
      return isInDoubt ? 'in_doubt' : 'crm_unreachable';
  }
}
