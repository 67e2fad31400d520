import { expect, test } from 'vitest';
import { isSafePath } from './cacheLayout.ts';
import { decideAfterFailure } from './failurePolicy.ts';
import { selectFiles, toExpression } from './fileSelection.ts';
import { ProgressMeter } from './progressMeter.ts';

test('a name that leaves its folder is not safe', () => {
  expect(['a.gguf', 'Q4_K_M/a-00001-of-00002.gguf', '.gitattributes', 'a..b'].map(isSafePath)).toEqual([true, true, true, true]);
  expect(['../a', 'a/../b', '/a', 'C:/a', 'a\\b', 'a\0', '', 'a//b', './a', '..'].map(isSafePath)).toEqual(Array.from({ length: 10 }, () => false));
});

test('patterns: a star stays in its folder, two cross folders, and one without a slash means names anywhere', () => {
  const match = (pattern: string, ...paths: string[]) => paths.map((path) => toExpression(pattern).test(path));

  expect(match('*.json', 'a.json', 'b/a.json', 'a.jsonl')).toEqual([true, true, false]);
  expect(match('b/*.json', 'b/a.json', 'b/c/a.json', 'a.json')).toEqual([true, false, false]);
  expect(match('b/**', 'b/a', 'b/c/d', 'a')).toEqual([true, true, false]);
  expect(match('a+(1).?', 'a+(1).x', 'aa1.x')).toEqual([true, false]);
});

test('a label takes its shards, the card and one mmproj; without mmproj if it is not wanted', () => {
  const files = ['README.md', 'a-Q4_0-00001-of-00002.gguf', 'a-Q4_0-00002-of-00002.gguf', 'a-Q8_0.gguf', 'mmproj-f16.gguf'].map((path) => ({ path, sizeBytes: 1 }));
  const choices = [{ kind: 'gguf' as const, label: 'Q8_0', paths: ['a-Q8_0.gguf'] }, { kind: 'gguf' as const, label: 'Q4_0', paths: ['a-Q4_0-00001-of-00002.gguf', 'a-Q4_0-00002-of-00002.gguf'] }, { kind: 'mmproj' as const, label: 'mmproj-F16', paths: ['mmproj-f16.gguf'] }];
  const select = (selection: Parameters<typeof selectFiles>[0]['selection'], recommended: string | null = null) => selectFiles({ selection, files, choices, recommended });

  expect(select({ kind: 'label', label: 'q4_0', withMmproj: true })).toEqual({ label: 'Q4_0', paths: ['README.md', 'a-Q4_0-00001-of-00002.gguf', 'a-Q4_0-00002-of-00002.gguf', 'mmproj-f16.gguf'] });
  expect(select({ kind: 'label', label: 'Q4_0', withMmproj: false }).paths).not.toContain('mmproj-f16.gguf');
  expect([select({ kind: 'recommended' }).label, select({ kind: 'recommended' }, 'Q4_0').label, select({ kind: 'label', label: 'Q2_K', withMmproj: true }).paths]).toEqual(['Q8_0', 'Q4_0', []]);
});

test('a hub that cannot be reached is asked again ever later, and one that refuses is not', () => {
  const decide = (problem: 'unreachable' | 'rate_limited' | 'gated' | 'changed_upstream', attempt: number, retryAfterMs: number | null = null) => decideAfterFailure({ failure: { problem, retryAfterMs }, attempt, isPinned: false });

  expect([1, 2, 3, 11].map((attempt) => decide('unreachable', attempt))).toEqual([2_000, 4_000, 8_000, 300_000].map((delayMs) => ({ kind: 'wait', delayMs })));
  expect([decide('unreachable', 12).kind, decide('gated', 1).kind, decide('rate_limited', 1, 7_000), decide('changed_upstream', 1).kind]).toEqual(['fail', 'fail', { kind: 'wait', delayMs: 7_000 }, 'lookAgain']);
});

test('the rate is smoothed, and says how long the rest takes', () => {
  const meter = new ProgressMeter();
  for (let nowMs = 0; nowMs <= 20_000; nowMs += 200) meter.add(200_000, nowMs);

  expect(Math.abs(meter.bytesPerSecond - 1_000_000)).toBeLessThan(50_000);
  expect(Math.abs((meter.estimateMs(5_000_000) ?? 0) - 5_000)).toBeLessThan(300);
  meter.reset();
  expect(meter.estimateMs(1)).toBe(null);
});
