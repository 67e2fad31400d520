import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { LogWriter } from './logWriter.ts';
import type { LogLimits } from './logWriter.ts';

let folder: string;
let nowMs: number;
let failures: string[];
const clock = { ...systemClock, monotonicMs: () => nowMs };

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'wh-log-')); nowMs = 0; failures = []; });
afterEach(() => { rmSync(folder, { recursive: true }); });

function aWriter(limits: Partial<LogLimits> = {}): LogWriter {
  return new LogWriter({
    path: join(folder, 'output.log'), clock, onDidFail: ({ code }) => { failures.push(code); },
    limits: { maxFileBytes: 100, maxFiles: 3, maxPendingBytes: 1_000, gatherMs: 1, retryAfterMs: 5_000, ...limits },
  });
}
const read = (name = 'output.log'): string => readFileSync(join(folder, name), 'utf8');

test('a log goes on after what is there, and is rotated into a fixed number of files', async () => {
  writeFileSync(join(folder, 'output.log'), 'old|');
  const writer = aWriter();
  for (const letter of 'abcde') {
    writer.append(Buffer.from(letter.repeat(60)));
    await writer.flush();
  }
  await writer.close();
  expect(readdirSync(folder).sort()).toEqual(['output.log', 'output.log.1', 'output.log.2']);
  expect([read('output.log.2'), read('output.log.1'), read()]).toEqual(['c'.repeat(60), 'd'.repeat(60), 'e'.repeat(60)]);
});

test('what a slow disk cannot take is dropped, counted, and marked where it is missing', async () => {
  const writer = aWriter({ maxFileBytes: 10_000, maxPendingBytes: 10 });
  writer.append(Buffer.from('0123456789'));
  writer.append(Buffer.from('lost'));
  await writer.flush();
  writer.append(Buffer.from('next'));
  await writer.close();
  expect(writer.droppedBytes).toBe(4);
  expect(read()).toBe('0123456789\r\n[wheelhouse: 4 bytes of output could not be written here]\r\nnext');
});

test('a disk that fails is left alone for a while, then tried again, and the failure is told once', async () => {
  symlinkSync('/dev/full', join(folder, 'output.log'));
  const writer = aWriter();
  writer.append(Buffer.from('first'));
  await writer.flush();
  writer.append(Buffer.from('second'));
  await writer.flush();
  expect(failures).toEqual(['ENOSPC']);
  expect(writer).toMatchObject({ error: { code: 'ENOSPC' }, droppedBytes: 11 });
  unlinkSync(join(folder, 'output.log'));
  nowMs = 6_000;
  writer.append(Buffer.from('third'));
  await writer.close();
  expect(writer.error).toBeNull();
  expect(read()).toBe('\r\n[wheelhouse: 11 bytes of output could not be written here]\r\nthird');
});

test('a folder in place of the log is an error, not a fault', async () => {
  mkdirSync(join(folder, 'output.log'));
  const writer = aWriter();
  writer.append(Buffer.from('x'));
  await writer.close();
  expect(failures).toEqual(['EISDIR']);
  expect(statSync(join(folder, 'output.log')).isDirectory()).toBe(true);
});
