import { useCallback, useSyncExternalStore } from 'react';

/** The time, new every `everyMs`; whoever uses the same period is drawn in the same moment. */
export function useNow(everyMs = 10_000): number {
  const subscribe = useCallback((listener: () => void) => {
    const timer = setInterval(listener, everyMs);
    return () => { clearInterval(timer); };
  }, [everyMs]);
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / everyMs) * everyMs);
}
