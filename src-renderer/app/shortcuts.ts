import { useLayoutEffect } from 'react';
import { toKeys } from '../ui/Kbd.tsx';
import { useApp } from './appContext.tsx';
import type { Action } from './actions.ts';

/** What a key press says, as far as a shortcut asks. */
export interface KeyPress { key: string; code: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; shiftKey: boolean }

/** Where a key was pressed. */
export type KeyPlace = 'terminal' | 'text' | 'overlay' | 'elsewhere';

/** Whether a key press is a shortcut such as `Ctrl+Shift+K`, `Ctrl+1` or `?`. The command key of a Mac counts as Ctrl, the key of + without Shift as +. */
export function matchesShortcut(shortcut: string, press: KeyPress): boolean {
  const { key, wants } = parseShortcut(shortcut);
  if (wants('Ctrl') !== (press.ctrlKey || press.metaKey) || wants('Alt') !== press.altKey) return false;
  return matchesKey({ key, wantsShift: wants('Shift') }, press);
}

function matchesKey({ key, wantsShift }: { key: string; wantsShift: boolean }, press: KeyPress): boolean {
  if (/^\d$/.test(key)) return (press.key === key || press.code === `Digit${key}`) && wantsShift === press.shiftKey;
  if (key === '+' && press.key === '=') return !press.shiftKey;
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  return press.key.toLowerCase() === key.toLowerCase() && (isSign || wantsShift === press.shiftKey);
}

function parseShortcut(shortcut: string): { key: string; wants: (modifier: string) => boolean } {
  const parts = toKeys(shortcut);
  return { key: parts.at(-1) ?? '', wants: (modifier) => parts.slice(0, -1).includes(modifier) };
}

/** Whether a shortcut may be taken from where it was pressed: text keeps its letters, a terminal nearly everything. */
export function mayTakeKey(action: Action, place: KeyPlace): boolean {
  if (action.isShortcutLocal || action.shortcut === undefined) return false;
  if (place === 'terminal') return action.worksInTerminal === true;
  return place === 'elsewhere' || /^(Ctrl|Alt)\+/.test(action.shortcut);
}

export function findByKey(actions: readonly Action[], press: KeyPress, place: KeyPlace): Action | undefined {
  return actions.find((action) => mayTakeKey(action, place) && matchesShortcut(action.shortcut ?? '', press));
}

function toPlace(target: EventTarget | null): KeyPlace {
  if (!(target instanceof Element)) return 'elsewhere';
  if (target.closest('[data-terminal]')) return 'terminal';
  if (target.closest('input, textarea, select, [contenteditable="true"]')) return 'text';
  return target.closest('[role="menu"], [role="listbox"], [role="dialog"]') ? 'overlay' : 'elsewhere';
}

/** Takes the keys of every registered action, before whatever is in focus sees them. */
export function useShortcuts(): void {
  const { actions } = useApp();
  // Before the first frame is drawn: a key pressed as soon as something is seen is not lost.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.isComposing) return;
      const action = findByKey(actions.list(), event, toPlace(event.target));
      if (action === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      actions.run(action);
    };
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => { window.removeEventListener('keydown', onKeyDown, { capture: true }); };
  }, [actions]);
}
