import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { ProgressBar } from './ProgressBar.tsx';

export interface WaitingProps {
  /** What is awaited: "Reading the log". */
  label: string;
  /** The quiet words come after this time … */
  afterMs?: number;
  /** … and a bar after this one. */
  barAfterMs?: number;
}

/** Nothing at first, then quiet words, then a moving bar. */
export function Waiting({ label, afterMs = 100, barAfterMs = 1_000 }: WaitingProps): ReactNode {
  const [stage, setStage] = useState(0);
  useEffect(() => {
    const timers = [setTimeout(() => { setStage(1); }, afterMs), setTimeout(() => { setStage(2); }, barAfterMs)];
    return () => { timers.forEach(clearTimeout); };
  }, [afterMs, barAfterMs]);
  return (
    <div role="status" className="flex flex-col gap-1 p-3 text-muted">
      <span className={stage === 0 ? 'invisible' : ''}>{label}</span>
      <span className={stage === 2 ? '' : 'invisible'}><ProgressBar label={label} fraction={null} className="max-w-60" /></span>
    </div>
  );
}
