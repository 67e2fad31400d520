import type { ReactNode } from 'react';
import { classNames } from '../base/classNames.ts';
import { toneText } from './tone.ts';
import type { Tone } from './tone.ts';

/** A word in a thin frame: a kind, a count, a mark. */
export function Badge({ tone = 'idle', title, children }: { tone?: Tone; title?: string | undefined; children: ReactNode }): ReactNode {
  return <span title={title} className={classNames('inline-flex shrink-0 items-center rounded-sm border border-line px-1 text-xs leading-4 whitespace-nowrap', toneText[tone])}>{children}</span>;
}
