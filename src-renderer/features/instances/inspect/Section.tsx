import type { ReactNode } from 'react';

/** A titled part of the details. */
export function Section({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }): ReactNode {
  return (
    <section className="flex flex-col items-start gap-1.5 border-b border-line p-3 *:w-full">
      <div className="flex min-h-6 items-center justify-between gap-2">
        <h3 className="text-xs font-medium text-muted">{title}</h3>
        {action}
      </div>
      {children}
    </section>
  );
}
