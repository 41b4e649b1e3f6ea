import { setTimeout as pause } from 'node:timers/promises';

export interface FewThreadsOptions {
  /** How long a call waits for a thread that gets free before one more is started for it, in milliseconds. */
  patienceMs: number;
}

/**
 * Lambda starts a container for each call that finds none free. Here it is a thread, which takes a third of a second of
 * this machine to load: of fifty calls at once each would wait for the loading of all. So a call first waits for one that
 * gets free, and one more is started only when nothing has got free for a while.
 *
 * @param invoke what starts a thread where none is free
 * @returns invokes likewise, in the order of the calls
 */
export function withFewThreads<T>(
  invoke: (event: unknown) => Promise<T>,
  { patienceMs }: FewThreadsOptions,
): (event: unknown) => Promise<T> {
  let threads = 1;
  let busy = 0;
  const waiting: (() => void)[] = [];
  const goOn = () => {
    while (busy < threads && waiting.length > 0) {
      busy += 1;
      waiting.shift()?.();
    }
  };
  let isGrowing = false;
  const grow = async () => {
    if (isGrowing) return;
    isGrowing = true;
    while (waiting.length > 0) {
      await pause(patienceMs);
      if (waiting.length > 0) threads += 1;
      goOn();
    }
    isGrowing = false;
  };

  return async (event) => {
    const turn = Promise.withResolvers<void>();
    waiting.push(turn.resolve);
    goOn();
    if (waiting.length > 0) void grow();
    await turn.promise;
    try {
      return await invoke(event);
    } finally {
      busy -= 1;
      goOn();
    }
  };
}
