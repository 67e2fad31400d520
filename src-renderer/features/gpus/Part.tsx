import { useId } from 'react';
import type { ReactNode } from 'react';
import { classNames } from '../../base/classNames.ts';

interface PartProps { title: string; note?: ReactNode; actions?: ReactNode; level?: 2 | 3; className?: string; children: ReactNode }

/** A titled part of the area: framed on its own, plain inside a device. */
export function Part({ title, note, actions, level = 2, className, children }: PartProps): ReactNode {
  const id = useId();
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <section aria-labelledby={id} className={classNames('min-w-0', className)}>
      <div className="flex min-h-6 flex-wrap items-center gap-x-2 pb-1">
        <Heading id={id} className={level === 2 ? 'font-medium' : 'text-xs font-medium text-muted'}>{title}</Heading>
        {note ? <span className="tabular text-xs text-muted">{note}</span> : null}
        {actions ? <span className="ml-auto flex items-center gap-1.5">{actions}</span> : null}
      </div>
      {level === 2 ? <div className="rounded-md border border-line bg-panel px-3 py-1">{children}</div> : children}
    </section>
  );
}
