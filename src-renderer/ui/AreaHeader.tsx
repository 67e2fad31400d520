import type { ReactNode } from 'react';

export interface AreaHeaderProps {
  title: string;
  /** The title is read but not shown, where a switch beside it says the same. */
  isTitleHidden?: boolean;
  /** Beside the title: the filter, counts. */
  children?: ReactNode;
  /** At the right end: the area's buttons. */
  actions?: ReactNode;
}

/** The line on top of an area. */
export function AreaHeader({ title, isTitleHidden = false, children, actions }: AreaHeaderProps): ReactNode {
  return (
    <header className="flex min-h-10 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-panel px-3 py-1">
      <h1 className={isTitleHidden ? 'sr-only' : 'shrink-0 text-base font-medium'}>{title}</h1>
      {children}
      <div className="ml-auto flex shrink-0 items-center gap-1.5">{actions}</div>
    </header>
  );
}
