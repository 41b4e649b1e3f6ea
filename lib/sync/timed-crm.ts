import type { AttemptDeps } from './attempt.ts';

type CrmOfAttempt = AttemptDeps['crm'];

/** The CRM, with a clock on what one attempt calls. */
export interface TimedCrm extends CrmOfAttempt {
  /** How long its calls have taken together, those without an answer included; `undefined` where there was none. */
  tookMs(): number | undefined;
}

export function timedCrm(crm: CrmOfAttempt, now: () => number): TimedCrm {
  let tookMs: number | undefined;
  const timed = async <T>(call: () => Promise<T>): Promise<T> => {
    const begun = now();
    try {
      return await call();
    } finally {
      // A clock that was put back meanwhile says nothing.
      tookMs = (tookMs ?? 0) + Math.max(0, now() - begun);
    }
  };
  return {
    find: (order, past) => timed(() => crm.find(order, past)),
    create: (order) => timed(() => crm.create(order)),
    tookMs: () => tookMs,
  };
}
