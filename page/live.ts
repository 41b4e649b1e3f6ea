import { useEffect, useState } from 'preact/hooks';
import { NotFound, TokenRefused } from './api.ts';

/** What was loaded last, and whether that is still so. */
export interface Live<T> {
  value: T | undefined;
  problem: 'offline' | 'not_found' | undefined;
}

/** While something moves, one looks often; a page that is left open asks little, and a hidden one nothing. */
const SOON_MS = 1_500;
const QUIET_MS = 5_000;

/**
 * Loads something again and again while it is looked at.
 *
 * @param key what it is: another one begins anew
 * @param moves whether it is likely to change soon
 */
export function useLive<T>(
  key: string,
  load: () => Promise<T>,
  moves: (value: T) => boolean,
  onTokenRefused: () => void,
): Live<T> & { again: () => void } {
  const [live, setLive] = useState<Live<T> & { key: string }>({ key, value: undefined, problem: undefined });
  const [turn, setTurn] = useState(0);

  // `key` says what `load` is about, and `turn` asks for it anew.
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      if (document.visibilityState === 'hidden') return;
      let nextMs = QUIET_MS;
      try {
        const value = await load();
        if (isOver) return;
        setLive({ key, value, problem: undefined });
        if (moves(value)) nextMs = SOON_MS;
      } catch (error) {
        if (isOver) return;
        if (error instanceof TokenRefused) return onTokenRefused();
        const problem = error instanceof NotFound ? 'not_found' : 'offline';
        setLive((before) => ({ ...before, key, problem }));
        nextMs = problem === 'offline' ? SOON_MS * 2 : QUIET_MS;
      }
      timer = setTimeout(look, nextMs);
    };
    const onVisible = () => {
      clearTimeout(timer);
      void look();
    };
    void look();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [key, turn]);

  const isOfKey = live.key === key;
  return {
    value: isOfKey ? live.value : undefined,
    problem: isOfKey ? live.problem : undefined,
    again: () => setTurn((before) => before + 1),
  };
}
