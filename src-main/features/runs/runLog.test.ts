import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogFollower } from './logFollower.ts';
import { toPlainText } from './logText.ts';
import { readLogText, searchLog } from './runLog.ts';

let folder: string;
let log: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'wh-log-')); log = join(folder, 'output.log'); });
afterEach(() => { rmSync(folder, { recursive: true }); });

test.each([
  ['\u001B[1;31mred\u001B[0m plain', 'red plain'],
  ['\u001B]0;title\u0007after \u001B]8;;http://x\u001B\\link\u001B]8;;\u001B\\', 'after link'],
  ['10 %\r 50 %\r100 %\r\nnext', '100 %\nnext'],
  ['::wh stage a 1/2 First\nwork\n::wh stage b 2/2 Second\n', 'work\n'],
  ['a\u0008b\u0000c\td', 'abc\td'],
  ['cut \u001B[3', 'cut 3'],
])('%j is read as %j', (raw, plain) => {
  expect(toPlainText(raw)).toBe(plain);
});

test('the end of a log is read across its parts and begins at a line', async () => {
  writeFileSync(`${log}.1`, 'one\ntwo\nthree\n');
  writeFileSync(log, 'four\n');
  expect(await readLogText(log, { maxBytes: 12, raw: false })).toEqual({ text: 'three\nfour\n', sizeBytes: 19, isTruncated: true });
  expect(await readLogText(log, { maxBytes: 100, raw: false })).toEqual({ text: 'one\ntwo\nthree\nfour\n', sizeBytes: 19, isTruncated: false });
  expect(await readLogText(join(folder, 'none.log'), { maxBytes: 100, raw: false })).toEqual({ text: '', sizeBytes: 0, isTruncated: false });
});

test('a search finds the newest lines in all parts, through colours, whatever the case', async () => {
  writeFileSync(`${log}.2`, 'Error: first\n');
  writeFileSync(`${log}.1`, 'quiet\nan \u001B[31merr\u001B[0mor in colour\n');
  writeFileSync(log, `${'x'.repeat(70_000)}ERROR late`);
  expect(await searchLog(log, { text: 'error', limit: 10 })).toMatchObject({ lines: [{ line: 1, text: 'Error: first' }, { line: 3, text: 'an error in colour' }, { line: 4 }], isTruncated: false });
  expect((await searchLog(log, { text: 'error', limit: 1 }))).toMatchObject({ lines: [{ line: 4 }], isTruncated: true });
});

test('a follower goes on where the file was rotated, and never cuts a character', async () => {
  const follower = new LogFollower({ path: log });
  expect(await follower.read()).toBe('');
  const euro = Buffer.from('€');
  writeFileSync(log, Buffer.concat([Buffer.from('a'), euro.subarray(0, 1)]));
  expect(await follower.read()).toBe('a');
  appendFileSync(log, Buffer.concat([euro.subarray(1), Buffer.from('b')]));
  renameSync(log, `${log}.1`);
  writeFileSync(log, 'c');
  expect(await follower.read()).toBe('€b');
  expect(await follower.read()).toBe('c');
});

test('a follower that is too far behind skips ahead', async () => {
  writeFileSync(log, `${'x'.repeat(5_000)}end`);
  expect(await new LogFollower({ path: log, maxBehindBytes: 3 }).read()).toBe('end');
});
