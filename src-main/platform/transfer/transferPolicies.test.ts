import { expect, test } from 'vitest';
import { judgeAnswer } from './answerPolicy.ts';
import { decidePartBytes, measurePrefix, planParts } from './partPlan.ts';
import { decidePartRetry, parseRetryAfter } from './partRetryPolicy.ts';
import { RateLimiter } from './rateLimiter.ts';
import { TransferFailure, toTransferFailure } from './transferFailure.ts';

const MIB = 1024 * 1024;
const asked = { from: 10, to: 20, isAll: false, sizeBytes: 100, knownEtag: '"a"' };
const partial = { status: 206, etag: '"a"', contentRange: 'bytes 10-19/100', contentLength: '10' };

test.each([
  ['the range that was asked for', {}, partial, 'wanted'],
  ['another ETag', {}, { ...partial, etag: '"b"' }, 'changed'],
  ['another size', {}, { ...partial, contentRange: 'bytes 10-19/101' }, 'changed'],
  ['another range', {}, { ...partial, contentRange: 'bytes 0-9/100' }, 'refused'],
  ['the whole file instead of a range', {}, { ...partial, status: 200, contentRange: null, contentLength: '100' }, 'noRanges'],
  ['the whole file as asked', { isAll: true }, { ...partial, status: 200, contentRange: null, contentLength: '100' }, 'wanted'],
  ['no length', {}, { ...partial, contentRange: null }, 'refused'],
])('an answer with %s is judged', (_, change, answer, kind) => {
  expect(judgeAnswer({ ...asked, ...change }, answer).kind).toBe(kind);
});

test('parts cover a file without gap or overlap, and are neither tiny nor huge', () => {
  for (const sizeBytes of [0, 1, 4 * MIB, 4 * MIB + 1, 100 * MIB, 5_000 * MIB + 7]) {
    const partBytes = decidePartBytes({ sizeBytes, parallelParts: 4 });
    const parts = planParts({ sizeBytes, partBytes });
    expect(parts.reduce((at, part) => { expect(part.fromByte).toBe(at); return at + part.sizeBytes; }, 0)).toBe(sizeBytes);
    expect(partBytes >= 4 * MIB && partBytes <= 32 * MIB).toBe(true);
  }
});

test('the prefix ends at the first byte that is missing', () => {
  const parts = planParts({ sizeBytes: 25, partBytes: 10 });
  const written = (...bytes: number[]) => parts.map((part, index) => ({ ...part, writtenBytes: bytes[index] ?? 0 }));

  expect(measurePrefix(written(4, 10, 0))).toEqual({ prefixBytes: 4, firstOpen: 0 });
  expect(measurePrefix(written(10, 3, 5))).toEqual({ prefixBytes: 13, firstOpen: 1 });
  expect(measurePrefix(written(10, 10, 5))).toEqual({ prefixBytes: 25, firstOpen: 3 });
  expect(measurePrefix([])).toEqual({ prefixBytes: 0, firstOpen: 0 });
});

test('a broken connection is tried again at once, then later, and then given up; what cannot pass is given up at once', () => {
  const broken = new TransferFailure('unreachable', 'gone');
  const decide = (failure: TransferFailure, failures: number) => decidePartRetry({ failure, failures });

  expect([0, 1, 2, 3, 4].map((failures) => decide(broken, failures))).toEqual([...[0, 250, 500, 1_000].map((delayMs) => ({ kind: 'retry', delayMs })), { kind: 'giveUp' }]);
  expect(decide(new TransferFailure('rate_limited', '429', { retryAfterMs: 10 }), 0)).toEqual({ kind: 'giveUp' });
  expect(decide(toTransferFailure(Object.assign(new Error('full'), { code: 'ENOSPC' })), 0)).toEqual({ kind: 'giveUp' });
});

test('Retry-After is seconds or a date', () => {
  expect(['3', 'Thu, 01 Jan 1970 00:00:05 GMT', 'soon', null].map((text) => parseRetryAfter(text, 1_000))).toEqual([3_000, 4_000, null, null]);
});

test('the limit spreads bytes so that they take as long as it says, and none takes no time', () => {
  let nowMs = 0;
  const limiter = new RateLimiter({ monotonicMs: () => nowMs });
  limiter.setLimit(1_000_000);
  for (let sent = 0; sent < 10_000_000; sent += 50_000) nowMs += limiter.take(50_000);

  expect(Math.abs(nowMs - 10_000)).toBeLessThan(200);
  limiter.setLimit(0);
  expect(limiter.take(1e9)).toBe(0);
});
