import { expect, test } from 'vitest';
import type { Attachment } from '#contract/conversations.ts';
import { addFiles, readFiles, readText } from './attachments.ts';

const aFile = (name: string, sizeBytes = 1): Attachment => ({ kind: 'text', name, mediaType: 'text/plain', sizeBytes, data: '' });
const names = (files: readonly Attachment[]): string[] => files.map(({ name }) => name);

test('files are text or pictures, and everything else says why it is not taken', async () => {
  const [text, picture, other] = await readFiles([new File(['grüße'], 'a.txt'), new File([new Uint8Array([1, 0, 2])], 'b.png', { type: 'image/png' }), new File([new Uint8Array([1, 0, 2])], 'c.bin')]);

  expect([text, picture, other]).toMatchObject([{ kind: 'text', name: 'a.txt' }, { kind: 'image', mediaType: 'image/png', data: 'AQAC' }, { name: 'c.bin', reason: 'not_text' }]);
  expect(text !== undefined && 'data' in text ? readText(text) : null).toBe('grüße');
});

test('a question takes 20 files of 10 MiB in all, also when they come one after the other', () => {
  const first = addFiles(Array.from({ length: 19 }, (_, index) => aFile(`${index}`)), []);

  const many = addFiles([aFile('twentieth'), aFile('more'), aFile('most')], first.attachments);
  const large = addFiles([aFile('large', 10 * 1024 * 1024), aFile('small')], [aFile('one')]);

  expect([many.attachments.length, many.refusals]).toEqual([20, [{ reason: 'too_many', count: 2 }]]);
  expect([names(large.attachments), large.refusals]).toEqual([['one', 'small'], [{ name: 'large', reason: 'too_much' }]]);
});
