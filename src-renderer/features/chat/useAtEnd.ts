import { useEffect, useEffectEvent } from 'react';

/** Calls `end` as it stands when the component goes. */
export function useAtEnd(end: () => void): void {
  const callLast = useEffectEvent(end);
  useEffect(() => () => { callLast(); }, []);
}
