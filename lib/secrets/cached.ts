export interface CachedOptions<T> {
  load: () => Promise<T>;
  /** How long a loaded value is served without asking again. */
  ttlMs: number;
  /** How long to leave the source alone after a failed load while an old value is at hand, and between forced loads. */
  retryMs: number;
  now?: () => number;
  /** Told when a load failed and the old value is served instead. */
  onStale?: (error: unknown) => void;
}

export interface Cached<T> {
  /** The value; everyone who asks during a load shares it. Rejects only where there has never been a value. */
  get(): Promise<T>;
  /**
   * The value after `refused` has turned out to be bad: loaded anew, once for all who were refused the same value,
   * and at most once in `retryMs`. Answers the refused value itself where there is no other to be had.
   */
  replace(refused: T): Promise<T>;
}

/**
 * A value kept for a while: its promise is shared, a failure is never kept, and an old value is better than none.
 */
export function cached<T>(options: CachedOptions<T>): Cached<T> {
  const { load, ttlMs, retryMs, now = Date.now, onStale } = options;
  let kept: { value: T; freshUntil: number } | undefined;
  let loading: Promise<T> | undefined;
  let lastForced = Number.NEGATIVE_INFINITY;

  async function loadAndKeep(): Promise<T> {
    try {
      const value = await load();
      kept = { value, freshUntil: now() + ttlMs };
      return value;
    } catch (error) {
      if (kept === undefined) throw error;
      onStale?.(error);
      kept.freshUntil = now() + Math.min(retryMs, ttlMs);
      return kept.value;
    }
  }

  function loadShared(): Promise<T> {
    loading ??= loadAndKeep().finally(() => {
      loading = undefined;
    });
    return loading;
  }

  return {
    get: async () => (kept !== undefined && now() < kept.freshUntil ? kept.value : loadShared()),

    async replace(refused) {
      // A load that is under way may have begun before the value was refused, and then proves nothing.
      if (loading !== undefined) await loading;
      if (kept !== undefined && kept.value !== refused) return kept.value;
      if (loading !== undefined) return loading;
      if (now() - lastForced < retryMs) return refused;
      lastForced = now();
      return loadShared();
    },
  };
}
