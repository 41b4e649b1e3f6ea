/**
 * The local stand-in for an EventBridge schedule: invokes a function again and again, never while it still runs.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Invocation } from './batch-response.ts';

export interface ScheduleOptions {
  /** Between the end of one run and the begin of the next. */
  everySeconds: number;
  invoke: (event: object) => Promise<Invocation>;
  /** Gets a line when a run fails: the kind of failure, never the function's own message. */
  log: (line: string) => void;
}

export interface Schedule {
  /** No run begins after this; one that is under way is left to end. */
  stop(): void;
}

export function startSchedule({ everySeconds, invoke, log }: ScheduleOptions): Schedule {
  const stopping = new AbortController();
  async function run(): Promise<void> {
    for (;;) {
      await pause(everySeconds * 1000, undefined, { signal: stopping.signal });
      const failure = await invoke({ time: new Date().toISOString() }).then(
        (invocation) => (invocation.outcome === 'failed' ? invocation.error : undefined),
        () => 'could not be invoked',
      );
      if (failure !== undefined && !stopping.signal.aborted) log(`scheduled run failed: ${failure}`);
    }
  }
  // It only ends by being stopped, in its pause.
  run().catch(() => undefined);
  return { stop: () => stopping.abort() };
}
