import { describe, expect, test } from 'vitest';
import { planPaste, toOneLine } from './pastePolicy.ts';

describe('pasting into a terminal', () => {
  test.each([
    ['one line goes through', 'ls -l', { kind: 'paste', text: 'ls -l' }],
    ['a single line with its end goes through', 'ls -l\r\n', { kind: 'paste', text: 'ls -l\n' }],
    ['several lines are asked about', 'a\r\nb\rc\n', { kind: 'ask', text: 'a\nb\nc\n', lineCount: 3 }],
    ['an escape that would end the bracket is taken out', 'x\u001b[201~rm -rf\u0007', { kind: 'paste', text: 'x[201~rm -rf' }],
    ['tabs and letters of all kinds stay', 'ä\t🦀', { kind: 'paste', text: 'ä\t🦀' }],
  ])('%s', (_name, raw, plan) => {
    expect(planPaste(raw)).toEqual(plan);
  });

  test('several lines can be made one', () => {
    expect(toOneLine(' a \n\n  b\n')).toBe('a b');
  });
});
