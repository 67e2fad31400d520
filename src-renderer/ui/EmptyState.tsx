import type { ReactNode } from 'react';

export interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** What this area is for, in one sentence. */
  children?: ReactNode;
  /** The first step, as buttons. */
  actions?: ReactNode;
}

/** Stands where a list would be while it has no rows. */
export function EmptyState({ icon, title, children, actions }: EmptyStateProps): ReactNode {
  return (
    <div className="flex h-full min-h-40 flex-col items-center justify-center gap-2 p-6 text-center">
      {icon ? <span className="text-muted" aria-hidden>{icon}</span> : null}
      <p className="text-base font-medium">{title}</p>
      {children ? <p className="max-w-110 text-muted">{children}</p> : null}
      {actions ? <div className="mt-2 flex gap-2">{actions}</div> : null}
    </div>
  );
}
