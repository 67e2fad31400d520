import { expect, test } from 'vitest';
import { readFormField, replaceFormField } from './formField.ts';

const form = (...parts: [head: string, body: string][]): Buffer => Buffer.from(`${parts.map(([head, body]) => `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`).join('')}--x--\r\n`);
const file: [string, string] = ['name="file"; filename="model"\r\nContent-Type: audio/wav', 'RIFF; name="model"\r\n\r\nwrong\r\n'];

test.each<[string, Buffer, string | null]>([
  ['alone', form(['name="model"', 'demo']), 'demo'], ['behind a file of that name', form(file, ['name="model"', 'demo']), 'demo'], ['without quotes', form(['name=model', 'demo']), 'demo'],
  ['empty', form(['name="model"', '']), ''], ['not there', form(file), null], ['no form', Buffer.from('{}'), null], ['cut', Buffer.from('--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nde'), null],
])('a field is found: %s', (_what, bytes, value) => {
  expect(readFormField(bytes, 'model')).toBe(value);
});

test('only the field is put in another\'s place', () => {
  expect(replaceFormField(form(file, ['name="model"', 'demo'], ['name="language"', 'en']), 'model', 'whisper-1').equals(form(file, ['name="model"', 'whisper-1'], ['name="language"', 'en']))).toBe(true);
});

test('a field that comes twice is refused: engines differ in which they take', () => {
  expect(() => readFormField(form(['name="model"', 'a'], ['name="model"', 'b']), 'model')).toThrow('must come once');
});
