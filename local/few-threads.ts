import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';

export interface FewThreadsOptions {
  /** How long calls wait for a thread that gets free before one more is started for them, in milliseconds. */
  patienceMs: number;
}

/**
 * Lambda starts a container for each call that finds none free. Here it is a thread, which takes a third of a second of
 * this machine to load: of fifty calls at once each would wait for the loading of all. So a call first waits for one that
 * gets free, and one more is started only while calls go on waiting.
 *
 * @param invoke what starts a thread where none is free
 * @returns invokes likewise, in the order of the calls
 */
export function withFewThreads<T>(
  invoke: (event: unknown) => Promise<T>,
  { patienceMs }: FewThreadsOptions,
): (event: unknown) => Promise<T> {
  const threads = pLimit(1);
  let isWatched = false;
  const watch = async () => {
    if (isWatched) return;
    isWatched = true;
    while (threads.pendingCount > 0) {
      await pause(patienceMs);
      if (threads.pendingCount > 0) threads.concurrency += 1;
    }
    isWatched = false;
  };

  return (event) => {
    const answer = threads(() => invoke(event));
    void watch();
    return answer;
  };
}
