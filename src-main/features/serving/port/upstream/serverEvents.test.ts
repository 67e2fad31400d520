import { expect, test } from 'vitest';
import { ServerEventReader } from './serverEvents.ts';

function read(...texts: (string | Uint8Array)[]): string[][] {
  const reader = new ServerEventReader();
  const events = [...texts.map((text) => reader.read(Buffer.from(text))), reader.end()];
  return events.filter((some) => some.length > 0).map((some) => some.map(({ kind, text }) => `${kind} ${text}`));
}

test.each<[string, (string | Uint8Array)[], string[][]]>([
  ['what came at once stays together', ['data: a\n\ndata: b\n\n'], [['data a', 'data b']]],
  ['an event in three pieces is one', ['da', 'ta: {"x":', '1}\n\n'], [['data {"x":1}']]],
  ['comments and names are left out', [': ping\n\nevent: x\ndata: a\n\n'], [['data a']]],
  ['lines of one event are joined', ['data: a\ndata: b\n\n'], [['data a\nb']]],
  ['carriage returns are no matter', ['data: a\r\n\r\ndata: b\r\n\r\n'], [['data a', 'data b']]],
  ['no blank behind the colon is needed', ['data:a\n\n'], [['data a']]],
  ['the end needs no empty line', ['data: a'], [['data a']]],
  ['errors of old llama-servers are seen', ['error: {"code":500}\n\n'], [['error {"code":500}']]],
  ['letters cut in two are put together', [Buffer.from('data: ü\n\n').subarray(0, 7), Buffer.from('data: ü\n\n').subarray(7)], [['data ü']]],
  ['what is no event is nothing', ['<html>\n\n'], []],
])('%s', (_name, texts, expected) => {
  expect(read(...texts)).toEqual(expected);
});

test.each([
  ['of one piece where nothing is said', 'data: a\n\n', 1],
  ['of as many as its field says', 'pieces: 7\ndata: seven letters\n\n', 7],
  ['of no more than it has letters', 'pieces: 900719925474099\ndata: seven\n\n', 5],
  ['of one where the field is no number', 'pieces: many\ndata: a\n\n', 1],
  ['of one where the field says less', 'pieces: -3\ndata: a\n\n', 1],
])('an event is %s', (_name, text, pieceCount) => {
  expect(new ServerEventReader().read(Buffer.from(text))).toMatchObject([{ kind: 'data', pieceCount }]);
});
