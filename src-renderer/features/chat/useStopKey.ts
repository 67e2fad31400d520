import { useEffect, useEffectEvent } from 'react';

const OPEN = '[role="dialog"], [role="menu"], [role="listbox"]';

/** Whether Escape means something else where it was pressed: it closes what is open, leaves a field or belongs to a terminal. */
function isTaken(target: EventTarget | null): boolean {
  if (document.querySelector(OPEN) !== null) return true;
  return target instanceof Element && target.closest('input, textarea:not([data-composer]), [data-terminal]') !== null;
}

/** Escape ends the answer that is being written, wherever in the window it is pressed. */
export function useStopKey(isWriting: boolean, onStop: () => void): void {
  const stop = useEffectEvent(onStop);
  useEffect(() => {
    if (!isWriting) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.isComposing || isTaken(event.target)) return;
      event.preventDefault();
      stop();
    };
    // Before what Escape closes is gone.
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => { window.removeEventListener('keydown', onKeyDown, { capture: true }); };
  }, [isWriting]);
}
