import { useId } from 'react';
import type { ReactNode } from 'react';
import { classNames } from '../../base/classNames.ts';

interface PartProps { title: string; note?: ReactNode; actions?: ReactNode; isInDevice?: boolean; className?: string; children: ReactNode }

/** A titled part of the area: framed on its own, plain inside a device. */
export function Part({ title, note, actions, isInDevice = false, className, children }: PartProps): ReactNode {
  const id = useId();
  return (
    <section aria-labelledby={id} className={classNames('min-w-0', className)}>
      <div className="flex min-h-6 flex-wrap items-center gap-x-2 pb-1">
        <h2 id={id} className={isInDevice ? 'text-xs font-medium text-muted' : 'font-medium'}>{title}</h2>
        {note ? <span className="tabular text-xs text-muted">{note}</span> : null}
        {actions ? <span className="ml-auto flex items-center gap-1.5">{actions}</span> : null}
      </div>
      {isInDevice ? children : <div className="rounded-md border border-line bg-panel px-3 py-1">{children}</div>}
    </section>
  );
}
