import { Circle, CircleAlert, CircleCheck, CircleDashed, CircleDot, CirclePause, TriangleAlert } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../base/classNames.ts';
import { toneFill, toneText } from './tone.ts';
import type { Tone } from './tone.ts';

export interface StatusWordProps {
  tone: Tone;
  /** The word itself. */
  label: string;
  /** What follows the word, muted: a cause, seconds left. */
  note?: ReactNode;
  /** A thin moving bar under the word: something is under way. */
  isMoving?: boolean;
  title?: string | undefined;
}

const icons: Record<Tone, LucideIcon> = {
  idle: Circle, busy: CircleDashed, ok: CircleCheck, stalled: TriangleAlert, stopping: CirclePause, error: CircleAlert, accent: CircleDot,
};

/** A state as icon and word in its hue, one line. */
export function StatusWord({ tone, label, note, isMoving = false, title }: StatusWordProps): ReactNode {
  const Icon = icons[tone];
  return (
    <span title={title} className="relative inline-flex h-full max-w-full min-w-0 items-center gap-1.5">
      <Icon size={13} aria-hidden className={classNames('shrink-0', toneText[tone])} />
      <span className={classNames('shrink-0', toneText[tone])}>{label}</span>
      {note ? <span className="min-w-0 truncate text-muted">{note}</span> : null}
      {isMoving ? (
        <span aria-hidden className="absolute inset-x-0 bottom-0 h-0.5 overflow-hidden rounded-sm">
          <span className={classNames('moving-bar block h-full w-1/3', toneFill[tone])} />
        </span>
      ) : null}
    </span>
  );
}
