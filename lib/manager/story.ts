import { explain } from '../explanations/explain.ts';
import type { Explanation } from '../explanations/explanation.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { type Phase, phaseOf } from '../ledger/states.ts';
import type { Step } from '../ledger/step.ts';
import { explanationsOf, mendsItself } from './overview.ts';

/** One order's way, as a manager reads it. Nothing personal. */
export interface Story {
  external_id: string;
  state: LedgerRecord['state'];
  phase: Phase;
  crm_order_id: string | null;
  attempts: number;
  submitted_by: string | null;
  mends_itself: boolean;
  /** Why it is not in the CRM, and who must act. Empty where it is, or nothing is known against it. */
  explanations: Explanation[];
  /** What happened, the oldest first; of what went wrong, its titles. */
  steps: { at: string; step: Step['step']; attempt: number | null; uk: string | null; en: string | null }[];
}

export function storyOf(record: LedgerRecord): Story {
  const { external_id, state, crm_order_id, attempts, submitted_by, error, history } = record;
  return {
    external_id,
    state,
    phase: phaseOf(state),
    crm_order_id: crm_order_id ?? null,
    attempts,
    submitted_by: submitted_by ?? null,
    mends_itself: mendsItself(state, error),
    explanations: error === undefined ? [] : explanationsOf(error),
    steps: history.map(({ at, step, attempt, reasons = [] }) => {
      const titles = (language: 'uk' | 'en') =>
        reasons.length === 0
          ? null
          : explain(reasons.map((code) => ({ code })))
              .map((one) => one[language].title)
              .join(', ');
      return { at, step, attempt: attempt ?? null, uk: titles('uk'), en: titles('en') };
    }),
  };
}
