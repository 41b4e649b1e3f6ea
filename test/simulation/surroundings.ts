import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { FaultKinds, FunctionName, Shape } from './story.ts';

/** What everything in a run has around it. */
export interface Surroundings {
  readonly shape: Shape;
  readonly random: Random;
  readonly time: Scheduler;
  readonly faults: {
    /** How does this call of a service fail? With `kind`: does it fail that way? */
    active<S extends keyof FaultKinds>(service: S, kind?: FaultKinds[S]): FaultKinds[S] | undefined;
    /** A function is at one of its calls: what happens to it there happens now. */
    strike(container: Struck, label: string, when: 'before' | 'after'): void;
  };
  /** Who did what: read only by people. */
  note(who: string, what: string): void;
  /** The run has been in this situation. */
  seen(situation: string): void;
  /** The simulation itself has a fault: no run says anything any more. */
  isBroken(error: unknown): void;
}

/** What can be done to a container. */
export interface Struck {
  readonly of: FunctionName;
  kill(why: string): void;
  freeze(ms: number, why: string): void;
  setClock(offsetMs: number): void;
}
