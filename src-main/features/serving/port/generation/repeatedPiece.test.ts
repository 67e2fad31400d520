import { expect, test } from 'vitest';
import type { ServerEvent } from '../upstream/serverEvents.ts';
import { ChunkReader } from './chunkReader.ts';
import { OpenAiAssembly } from './openaiAssembly.ts';
import { OpenAiStream } from './openaiStream.ts';
import { RepeatedPiece } from './repeatedPiece.ts';

const piece = (words: string, rest = ''): string => `{"choices":[{"finish_reason":null,"index":0,"delta":{"content":${words}}}],"created":1,"id":"x"${rest}}`;

test.each<[string, string, string | null]>([
  ['other words', piece('" you"'), ' you'],
  ['words with escapes', piece(String.raw`"a \"b\" \\ \n \u00e9"`), String.raw`a \"b\" \\ \n \u00e9`],
  ['letters of any script', piece('"日本 🚀"'), '日本 🚀'],
  ['no words', piece('""'), null],
  ['another second', piece('" you"').replace('"created":1', '"created":2'), null],
  ['another field', piece('" you"', ',"timings":{}'), null],
  ['an end in the middle of the words', piece('"a"},"x":{"y":"b"'), null],
  ['an escape that JSON does not know', piece(String.raw`"\x41"`), null],
  ['an escape that goes on behind the words', piece('"a\\"'), null],
  ['no words at all', piece('null'), null],
])('of a piece with %s the words are taken only where it is like the one before', (_name, text, expected) => {
  const repeated = new RepeatedPiece('content');
  repeated.learn(piece('"Hello"'), 'Hello');

  expect(repeated.match(text)).toBe(expected);
});

test('a piece whose words stand there twice, or are written in another way, is not compared with', () => {
  for (const text of ['{"delta":{"content":"a"},"content":"b"}', String.raw`{"delta":{"content":"\u0061"}}`]) {
    const repeated = new RepeatedPiece('content');
    repeated.learn(text, 'a');

    expect(repeated.match(text)).toBeNull();
  }
});

const toEvent = (text: string, pieceCount = 1): ServerEvent => ({ kind: 'data', text, pieceCount });

const ANSWERS = {
  chat: ['{"role":"assistant","content":null}', '{"content":"A"}', '{"content":" \\"b\\""}', '{"content":"\\n"}', '{"reasoning_content":"hm"}', '{"content":" c"}', '{"content":" d","x":1}', '{"content":" e"}'].map((delta) => `{"id":"1","model":"theirs","created":7,"choices":[{"index":0,"delta":${delta},"finish_reason":null}],"usage":null}`),
  text: ['"A"', '" b"', '" c"'].map((words) => `{"id":"1","model":"theirs","created":7,"choices":[{"index":0,"text":${words},"logprobs":null,"finish_reason":null}]}`),
};

test.each(['chat', 'text'] as const)('an answer of a %s in one piece is the same whether its pieces are compared or read', (kind) => {
  const assemble = (isComparing: boolean): unknown => {
    const reader = new ChunkReader({ kind, model: 'ours', createId: (prefix) => `${prefix}_1`, nowMs: 0, keepsTimings: false });
    const answer = new OpenAiAssembly(kind);
    for (const text of ANSWERS[kind]) {
      const words = isComparing ? reader.readWords(toEvent(text)) : null;
      if (words === null) answer.add(reader.read(toEvent(text)) ?? {});
      else answer.addWords(words);
    }
    return answer.toObject(reader.readUsage());
  };

  expect(assemble(true)).toEqual(assemble(false));
});

test.each(['content', 'text'])('a model that is named "%s" is told like any other', (model) => {
  const kind = model === 'text' ? 'text' : 'chat';
  const reader = new ChunkReader({ kind, model, createId: (prefix) => `${prefix}_1`, nowMs: 0, keepsTimings: false });
  const stream = new OpenAiStream({ isUsageWanted: true });
  const told = ANSWERS[kind].slice(0, 3).map((text) => {
    const words = reader.readWords(toEvent(text));
    return words === null ? stream.add(reader.read(toEvent(text)) ?? {}) : stream.addWords(words);
  });

  expect(told.map((text) => (JSON.parse(text.replace('data: ', '')) as { model: string }).model)).toEqual([model, model, model]);
});

test.each(['chat', 'text'] as const)('the client hears the same whether pieces of a %s are compared or read', (kind) => {
  const tell = (isComparing: boolean): unknown[] => {
    const reader = new ChunkReader({ kind, model: 'ours', createId: (prefix) => `${prefix}_1`, nowMs: 0, keepsTimings: false });
    const stream = new OpenAiStream({ isUsageWanted: true });
    return ANSWERS[kind].map((text) => {
      const words = isComparing ? reader.readWords(toEvent(text)) : null;
      const told = words === null ? stream.add(reader.read(toEvent(text)) ?? {}) : stream.addWords(words);
      return [JSON.parse(told.replace('data: ', '')) as unknown, reader.pieceCount];
    });
  };

  expect(tell(true)).toEqual(tell(false));
});

test.each(['chat', 'text'] as const)('events of several pieces of a %s count as many, compared or read', (kind) => {
  const reader = new ChunkReader({ kind, model: 'ours', createId: (prefix) => `${prefix}_1`, nowMs: 0, keepsTimings: false });
  const [, second = '', third = ''] = ANSWERS[kind];

  const [first, another, ...counts] = [toEvent(second), toEvent(second, 2), toEvent(third, 4), toEvent(third, 8)].map((event) => {
    const isAlike = reader.readWords(event) !== null;
    if (!isAlike) reader.read(event);
    return { pieces: reader.pieceCount, isAlike };
  });

  expect([first?.pieces, another?.pieces]).toEqual([1, 3]);
  expect(counts).toEqual([{ pieces: 7, isAlike: true }, { pieces: 15, isAlike: true }]);
});

test('who asks for timings is told how many pieces there are by now, each time that several come together', () => {
  const reader = new ChunkReader({ kind: 'chat', model: 'ours', createId: (prefix) => `${prefix}_1`, nowMs: 0, keepsTimings: true });
  const [, second = '', third = ''] = ANSWERS.chat;

  const told = [toEvent(second), toEvent(third, 4), toEvent(third)].map((event) => (reader.readWords(event) === null ? reader.read(event)?.['timings'] : 'compared'));

  expect(told).toEqual([undefined, { predicted_n: 5 }, undefined]);
});
