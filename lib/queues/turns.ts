/** A place among those that may be at it at the same time. */
export interface Turn {
  /** What is left to do is no matter of how many are at it: the next one begins. */
  leave(): void;
  /** Waits for a place again, where it was left. */
  comeBack(): Promise<void>;
}

/** Hands out places to so many at a time, in the order in which they are asked for. */
export function turns(atOnce: number): () => Promise<Turn> {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  const place = (): Promise<void> => {
    if (free === 0) return new Promise((resolve) => waiting.push(resolve));
    free -= 1;
    return Promise.resolve();
  };

  return async () => {
    await place();
    let isIn = true;
    return {
      leave() {
        if (!isIn) return;
        isIn = false;
        const next = waiting.shift();
        // Handed on, not put back: nobody who comes meanwhile gets in between.
        if (next === undefined) free += 1;
        else next();
      },
      async comeBack() {
        if (isIn) return;
        await place();
        isIn = true;
      },
    };
  };
}
