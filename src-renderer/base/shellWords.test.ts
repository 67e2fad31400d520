import { expect, test } from 'vitest';
import { joinWords, splitWords } from './shellWords.ts';

test.each([
  ['', []],
  ['--flag value', ['--flag', 'value']],
  [' --a\n\n--b  1 ', ['--a', '--b', '1']],
  ['--override-kv "tokenizer.ggml.pre=str:a b"', ['--override-kv', 'tokenizer.ggml.pre=str:a b']],
  ['--json \'{"a": 1}\'', ['--json', '{"a": 1}']],
  ['--name=a" "b', ['--name=a b']],
  ['--empty ""', ['--empty', '']],
  ['a\\ b "c\\"d"', ['a b', 'c"d']],
  ['--a \\\n--b', ['--a', '--b']],
  ['--path $HOME/*.gguf', ['--path', '$HOME/*.gguf']],
  ['--say "not yet', null],
  ["it's", null],
])('%j is taken apart as %j', (text, words) => { expect(splitWords(text)).toEqual(words); });

test.each([[['--a', '1', '--b']], [['--json', '{"a": 1}']], [["it's", '', 'a b\\c']]])('%j comes back from its text', (words) => { expect(splitWords(joinWords(words))).toEqual(words); });

test('each flag stands on a line of its own with its values', () => { expect(joinWords(['--a', '1', '2', '--b'])).toBe('--a 1 2\n--b'); });
