import { describe, expect, test } from 'vitest';
import type { Action } from './actions.ts';
import { findByKey, matchesShortcut } from './shortcuts.ts';
import type { KeyPress } from './shortcuts.ts';

function aPress(set: Partial<KeyPress>): KeyPress {
  return { key: '', code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...set };
}
function anAction(set: Partial<Action>): Action {
  return { id: 'test', title: 'Test', area: 'Test', isEnabled: () => true, run: () => undefined, ...set };
}

describe('a shortcut', () => {
  test.each<[string, Partial<KeyPress>, boolean]>([
    ['Ctrl+K', { key: 'k', ctrlKey: true }, true],
    ['Ctrl+K', { key: 'k', metaKey: true }, true],
    ['Ctrl+K', { key: 'K', ctrlKey: true, shiftKey: true }, false],
    ['Ctrl+K', { key: 'k' }, false],
    ['Ctrl+1', { key: '&', code: 'Digit1', ctrlKey: true }, true],
    ['Ctrl++', { key: '+', ctrlKey: true, shiftKey: true }, true],
    ['Ctrl++', { key: '=', ctrlKey: true }, true],
    ['Ctrl++', { key: '=', ctrlKey: true, shiftKey: true }, false],
    ['Ctrl+-', { key: '-', ctrlKey: true }, true],
    ['?', { key: '?', shiftKey: true }, true],
    ['/', { key: '/', altKey: true }, false],
  ])('%s pressed as %j: %s', (shortcut, press, isMatch) => {
    expect(matchesShortcut(shortcut, aPress(press))).toBe(isMatch);
  });

  test('one key alone is left to the text it is typed into', () => {
    const actions = [anAction({ id: 'filter', shortcut: '/' })];
    const press = aPress({ key: '/' });

    expect((['elsewhere', 'text', 'overlay', 'terminal'] as const).map((place) => findByKey(actions, press, place)?.id)).toEqual(['filter', undefined, undefined, undefined]);
  });

  test('a terminal keeps its keys, except those that are asked for by name', () => {
    const actions = [anAction({ id: 'rail', shortcut: 'Ctrl+B' }), anAction({ id: 'palette', shortcut: 'Ctrl+K', worksInTerminal: true })];

    expect([findByKey(actions, aPress({ key: 'b', ctrlKey: true }), 'terminal')?.id, findByKey(actions, aPress({ key: 'k', ctrlKey: true }), 'terminal')?.id]).toEqual([undefined, 'palette']);
  });

  test('a shortcut that its component handles itself is never taken', () => {
    expect(findByKey([anAction({ shortcut: 't', isShortcutLocal: true })], aPress({ key: 't' }), 'elsewhere')).toBeUndefined();
  });
});
