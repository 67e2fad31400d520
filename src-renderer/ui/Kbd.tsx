import type { ReactNode } from 'react';

/** The keys of a shortcut: `Ctrl+Shift+K` is three, and the last may be the plus itself, as in `Ctrl++`. */
export function toKeys(shortcut: string): string[] {
  return shortcut.endsWith('++') ? [...shortcut.slice(0, -2).split('+'), '+'] : shortcut.split('+');
}

const shortNames: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', PageUp: 'PgUp', PageDown: 'PgDn', Delete: 'Del', Escape: 'Esc' };

/** A shortcut as keys, from `Ctrl+Shift+K`. */
export function Kbd({ keys }: { keys: string }): ReactNode {
  return (
    <span className="inline-flex shrink-0 gap-0.5">
      {toKeys(keys).map((key) => (
        <kbd key={key} className="min-w-4 rounded-sm border border-line bg-bg px-1 text-center font-sans text-xs leading-4 text-muted">{shortNames[key] ?? key}</kbd>
      ))}
    </span>
  );
}
