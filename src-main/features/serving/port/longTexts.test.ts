import { expect, test } from 'vitest';
import { LongTexts } from './longTexts.ts';

const PICTURE = Buffer.alloc(900_000, 'picture').toString('base64');
const OTHER = Buffer.alloc(700_000, 'other').toString('base64url');
const WORDS = 'Long text, with blanks. '.repeat(50_000);
const ESCAPED = 'A'.repeat(400_000) + String.fromCharCode(10);

test.each<[string, unknown, boolean]>([
  ['pictures', { messages: [{ content: [{ image_url: { url: `data:image/png;base64,${PICTURE}` } }, { text: 'ä "quoted" \\' }, { data: OTHER }] }] }, true],
  ['a picture that comes last, and twice', [PICTURE, 'x', PICTURE], true],
  ['a small body', { url: 'data:image/png;base64,AAAA' }, false],
  ['words, however long', { text: WORDS, other: 'A'.repeat(100_000) }, false],
  ['base64 with an escape in it', [ESCAPED, ESCAPED, ESCAPED], true],
  ['strings that end with backslashes', { a: '\\', b: '\\\\', c: '"', d: `data:a/b;base64,${PICTURE}`, e: '\\"' }, true],
])('%s come back as they were', (_name, value, isShorter) => {
  const texts = new LongTexts();
  const body = Buffer.from(JSON.stringify(value));

  const rest = texts.setAside(body);
  const parsed = JSON.parse(rest.toString()) as unknown;

  expect([rest === body, rest.byteLength < 10_000]).toEqual([!isShorter, isShorter || body.byteLength < 10_000]);
  expect(Buffer.concat(texts.restore(JSON.stringify(parsed))).equals(body)).toBe(true);
  expect(texts.restoreValue(parsed)).toEqual(value);
});

test.each([127, 128, 129, 130])('slashes that are written with a backslash come back, also where the text is cut at letter %i', (letters) => {
  const texts = new LongTexts();
  const body = Buffer.from(`{"data":"data:image\\/png;base64,${'A'.repeat(letters - 'data:image\\/png;base64,'.length)}${'\\/AA'.repeat(400_000)}"}`);
  const parsed = JSON.parse(texts.setAside(body).toString()) as unknown;

  expect(JSON.stringify(parsed).length).toBeLessThan(500);
  expect(JSON.parse(Buffer.concat(texts.restore(JSON.stringify(parsed))).toString())).toEqual(JSON.parse(body.toString()));
  expect(texts.restoreValue(parsed)).toEqual(JSON.parse(body.toString()));
});

test('the beginning stays in sight, and what is written around a mark too', () => {
  const texts = new LongTexts();
  const parsed = JSON.parse(texts.setAside(Buffer.from(JSON.stringify({ data: PICTURE }))).toString()) as { data: string };

  expect(parsed.data.slice(0, 64)).toBe(PICTURE.slice(0, 64));
  expect(texts.restoreValue({ url: `data:image/png;base64,${parsed.data}` })).toEqual({ url: `data:image/png;base64,${PICTURE}` });
});

test.each([['no quote', 'x'], ['a string without an end', '"x'], ['nothing but quotes', '"']])('a body of %s is left as it is', (_name, letters) => {
  const body = Buffer.alloc(2_000_000, letters);

  expect(new LongTexts().setAside(body).equals(body)).toBe(true);
});
