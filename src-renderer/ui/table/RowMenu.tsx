import { Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import { DropdownMenu } from '../Menu.tsx';
import type { MenuEntry } from '../Menu.tsx';

/** What can be done with a row, under a button at its end: the same as under the right mouse button. The row is not chosen by it. */
export function RowMenu({ label, items }: { label: string; items: () => readonly MenuEntry[] }): ReactNode {
  const keep = (event: { stopPropagation: () => void }): void => { event.stopPropagation(); };
  return (
    <span className="contents" onClick={keep} onDoubleClick={keep}>
      <DropdownMenu items={items} trigger={<button type="button" tabIndex={-1} aria-label={label} title={label} className="inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:bg-hover hover:text-text"><Ellipsis size={14} aria-hidden /></button>} />
    </span>
  );
}
