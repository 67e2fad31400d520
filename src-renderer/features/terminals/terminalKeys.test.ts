import { describe, expect, test } from 'vitest';
import { toTerminalCommand } from './terminalKeys.ts';

const press = (key: string, ...modifiers: ('ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey')[]): Parameters<typeof toTerminalCommand>[0] => ({
  key, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...Object.fromEntries(modifiers.map((modifier) => [modifier, true])),
});

describe('keys in a terminal', () => {
  test.each([
    ['copy', press('C', 'ctrlKey', 'shiftKey')],
    ['paste', press('Insert', 'shiftKey')],
    ['find', press('f', 'metaKey')],
    ['zoomIn', press('+', 'ctrlKey', 'shiftKey')],
    ['leave', press('ArrowUp', 'ctrlKey', 'shiftKey')],
  ])('%s has its key', (command, key) => {
    expect(toTerminalCommand(key)).toBe(command);
  });

  test.each([press('c', 'ctrlKey'), press('Escape'), press('f', 'ctrlKey', 'altKey'), press('v', 'ctrlKey'), press('Tab')])('what a shell needs is typed', (key) => {
    expect(toTerminalCommand(key)).toBeNull();
  });
});
