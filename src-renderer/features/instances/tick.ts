import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => { for (const notify of [...listeners]) notify(); }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** What a clock shows: computed once a second, drawn only when it changed. `read` must give equal values within a second. */
export function useTicking<T extends string | number | null>(read: (nowMs: number) => T): T {
  return useSyncExternalStore(subscribe, () => read(Math.floor(Date.now() / 1_000) * 1_000));
}
