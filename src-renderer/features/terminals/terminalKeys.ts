/** What a key does to a terminal instead of being typed into it. */
export type TerminalCommand = 'copy' | 'paste' | 'find' | 'zoomIn' | 'zoomOut' | 'zoomReset' | 'leave';

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

const byKey: Readonly<Record<string, TerminalCommand>> = {
  'ctrl+shift+c': 'copy', 'ctrl+insert': 'copy', 'ctrl+shift+v': 'paste', 'shift+insert': 'paste', 'ctrl+f': 'find', 'ctrl+shift+arrowup': 'leave',
  'ctrl+=': 'zoomIn', 'ctrl++': 'zoomIn', 'ctrl+shift++': 'zoomIn', 'ctrl+-': 'zoomOut', 'ctrl+0': 'zoomReset',
};

/** The command of a key press; null for what is typed. The command key of a Mac counts as Ctrl. */
export function toTerminalCommand({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyPress): TerminalCommand | null {
  if (altKey) return null;
  const modifiers = [ctrlKey || metaKey ? 'ctrl+' : '', shiftKey ? 'shift+' : ''].join('');
  return byKey[`${modifiers}${key.toLowerCase()}`] ?? null;
}

/** The keys as they are shown. */
export const terminalKeys = {
  copy: 'Ctrl+Shift+C', paste: 'Ctrl+Shift+V', find: 'Ctrl+F', zoomIn: 'Ctrl++', zoomOut: 'Ctrl+-', zoomReset: 'Ctrl+0', leave: 'Ctrl+Shift+ArrowUp',
} as const satisfies Record<TerminalCommand, string>;
