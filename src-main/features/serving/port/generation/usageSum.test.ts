import { expect, test } from 'vitest';
import { UsageSum } from './usageSum.ts';

const used = (prompt: number, completion: number): Record<string, unknown> => ({ prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion });

test.each<{ name: string; told: [Record<string, unknown>, number[]][]; expected: Record<string, unknown> }>([
  { name: 'nothing said is nothing', told: [], expected: {} },
  { name: 'figures for all are taken as they are', told: [[used(5, 9), []]], expected: used(5, 9) },
  { name: 'of several answers to one prompt the prompt counts once', told: [[used(5, 3), []], [used(5, 4), []]], expected: { prompt_tokens: 5, completion_tokens: 7 } },
  { name: 'of several prompts each counts', told: [[used(5, 3), [0]], [used(6, 4), [1]]], expected: { prompt_tokens: 11, completion_tokens: 7 } },
  { name: 'figures that grow with each piece count as the last one says', told: [[used(5, 1), [0]], [used(5, 2), [0]]], expected: used(5, 2) },
  { name: 'the last word, for all, wins over figures of single pieces', told: [[used(5, 1), [0]], [used(5, 2), []]], expected: used(5, 2) },
])('$name', ({ told, expected }) => {
  const sum = new UsageSum();
  for (const [usage, choices] of told) sum.add(usage, choices);

  expect(sum.toObject()).toMatchObject(expected);
});
