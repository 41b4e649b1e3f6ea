/** One value, read once for all who ask at the same time, and kept for a while if it is worth keeping. */
export interface Shared<T> {
  get(load: () => Promise<T>): Promise<T>;
  /** Whatever is known, and whatever is on its way, counts no more. */
  forget(): void;
}

export interface SharedOptions<T> {
  ttlMs: number;
  /** A failure is not. */
  keep: (value: T) => boolean;
  now?: () => number;
}

export function shared<T>({ ttlMs, keep, now = Date.now }: SharedOptions<T>): Shared<T> {
  let kept: { value: Promise<T>; until: number } | undefined;
  return {
    async get(load) {
      if (kept !== undefined && now() < kept.until) return kept.value;
      const mine = { value: load(), until: Number.POSITIVE_INFINITY };
      kept = mine;
      const isKept = await mine.value.then(keep, () => false);
      if (kept === mine) {
        if (isKept) mine.until = now() + ttlMs;
        else kept = undefined;
      }
      return mine.value;
    },
    forget() {
      kept = undefined;
    },
  };
}
