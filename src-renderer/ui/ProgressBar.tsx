import type { ReactNode } from 'react';
import { classNames } from '../base/classNames.ts';
import { toneFill } from './tone.ts';
import type { Tone } from './tone.ts';

export interface ProgressBarProps {
  /** What is under way, read aloud. */
  label: string;
  /** 0 to 1; null while the total is not known. */
  fraction: number | null;
  tone?: Tone;
  className?: string;
}

/** A thin bar: filled as far as known, else moving. */
export function ProgressBar({ label, fraction, tone = 'accent', className }: ProgressBarProps): ReactNode {
  const percent = fraction === null ? null : Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  return (
    <div role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent ?? undefined} className={classNames('h-1 w-full overflow-hidden rounded-sm bg-line', className)}>
      {percent === null
        ? <div className={classNames('moving-bar h-full w-1/3', toneFill[tone])} />
        : <div className={classNames('h-full transition-[width] duration-150', toneFill[tone])} style={{ width: `${percent}%` }} />}
    </div>
  );
}
