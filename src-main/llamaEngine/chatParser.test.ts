import { expect, test } from 'vitest';
import { ChatParser, type ChatDelta } from './chatParser.ts';
import type { CallFormat, ChatFormat } from './chatFormat.ts';

const hermes: CallFormat = { open: '<tool_call>', close: '</tool_call>', prefix: '<tool_call>\n{"name": "', betweenNameAndArguments: '", "arguments": ', suffix: '}\n</tool_call>' };
const thought = { open: '<think>', close: '</think>' };
const forms: Readonly<Record<string, CallFormat>> = {
  hermes,
  llama: { open: '{"name": "', close: '', prefix: '{"name": "', betweenNameAndArguments: '", "parameters": ', suffix: '}' },
  mistral: { open: '[TOOL_CALLS]', close: '', prefix: '[TOOL_CALLS][{"name": "', betweenNameAndArguments: '", "arguments": ', suffix: '}]' },
  coder: { open: '<tool_call>', close: '</tool_call>', prefix: '<tool_call>\n<function=', betweenNameAndArguments: '>\n<parameter=params>\n', suffix: '\n</parameter>\n</function>\n</tool_call>' },
};

/** Parses a text cut into pieces of `size` and joins what belongs together. */
function parse(text: string, { call = hermes, size = 3, hasTools = true, isThinking = false }: { call?: CallFormat; size?: number; hasTools?: boolean; isThinking?: boolean } = {}): ChatDelta[] {
  const format: ChatFormat = { thought, call };
  const parser = new ChatParser(format, { hasTools, isThinking });
  const deltas = [...(text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []).flatMap((piece) => parser.take(piece)), ...parser.flush()];
  return deltas.reduce<ChatDelta[]>((joined, delta) => {
    const last = joined.at(-1);
    if (last && last.kind !== 'tool_call' && delta.kind === last.kind) return [...joined.slice(0, -1), { ...last, text: last.text + delta.text }];
    return [...joined, delta];
  }, []);
}

const call = (name: string, args: string): ChatDelta => ({ kind: 'tool_call', name, arguments: args });

test.for([1, 2, 5, 1_000])('a plain answer passes whole, in pieces of %i', (size) => {
  const text = 'A < b, and 3 > 2. <tool box> {"name": 1}\n\nEnd.';

  expect(parse(text, { size })).toEqual([{ kind: 'content', text }]);
});

test.for([1, 4, 1_000])('a thought and calls are told apart from the answer, in pieces of %i', (size) => {
  const text = '<think>\nWhich city?\n</think>\n\nI look it up.\n<tool_call>\n{"name": "weather", "arguments": {"city": "Bergen"}}\n</tool_call>\n<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>';

  expect(parse(text, { size })).toEqual([
    { kind: 'reasoning', text: 'Which city?' }, { kind: 'content', text: 'I look it up.' }, call('weather', '{"city":"Bergen"}'), call('now', '{}'),
  ]);
});

test('a prompt that ends in a thought begins with it', () => {
  expect(parse('still thinking</think>done', { isThinking: true })).toEqual([{ kind: 'reasoning', text: 'still thinking' }, { kind: 'content', text: 'done' }]);
});

test.for([
  ['llama', '{"name": "now", "parameters": {"zone": "UTC"}}', [call('now', '{"zone":"UTC"}')]],
  ['mistral', '[TOOL_CALLS][{"name": "a", "arguments": {}}, {"name": "b", "arguments": {"x": 1}}]', [call('a', '{}'), call('b', '{"x":1}')]],
  ['coder', '<tool_call>\n<function=weather>\n<parameter=params>\n{"city": "Oslo"}\n</parameter>\n</function>\n</tool_call>', [call('weather', '{"city": "Oslo"}')]],
] as const)('calls in the way of %s are read', ([form, text, expected]) => {
  expect(parse(text, { call: forms[form] ?? hermes })).toEqual(expected);
});

test('what begins like a call and is none stays text', () => {
  expect(parse('<tool_call>\nnot json\n</tool_call> more')).toEqual([{ kind: 'content', text: '<tool_call>\nnot json\n</tool_call>more' }]);
  expect(parse('<tool_call>\n{"name": "cut off')).toEqual([{ kind: 'content', text: '<tool_call>\n{"name": "cut off' }]);
});

test('without tools the marks of calls mean nothing', () => {
  expect(parse('<tool_call>{"name": "a"}</tool_call>', { hasTools: false })).toEqual([{ kind: 'content', text: '<tool_call>{"name": "a"}</tool_call>' }]);
});
