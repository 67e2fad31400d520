import type { ReactNode } from 'react';

export interface AreaHeaderProps {
  title: string;
  /** Beside the title: the filter, counts. */
  children?: ReactNode;
  /** At the right end: the area's buttons. */
  actions?: ReactNode;
}

/** The line on top of an area. */
export function AreaHeader({ title, children, actions }: AreaHeaderProps): ReactNode {
  return (
    <header className="flex h-10 shrink-0 items-center gap-3 border-b border-line bg-panel px-3">
      <h1 className="shrink-0 text-base font-medium">{title}</h1>
      {children}
      <div className="ml-auto flex shrink-0 items-center gap-1.5">{actions}</div>
    </header>
  );
}
