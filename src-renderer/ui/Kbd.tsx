import type { ReactNode } from 'react';

/** A shortcut as keys, from `Ctrl+Shift+K`. */
export function Kbd({ keys }: { keys: string }): ReactNode {
  return (
    <span className="inline-flex shrink-0 gap-0.5">
      {keys.split('+').map((key) => (
        <kbd key={key} className="min-w-4 rounded-sm border border-line bg-bg px-1 text-center font-sans text-xs leading-4 text-muted">{key}</kbd>
      ))}
    </span>
  );
}
