import { expect, test } from 'vitest';
import { UsageScan } from './usageScan.ts';

const LONG = 'word '.repeat(40_000);
const timings = { cache_n: 2, prompt_n: 5, predicted_n: 3 };
/** The fields in the order of llama-server v0.4.0, tools/server/server-task.cpp. */
const last = (rest: object = {}): object => ({ index: 0, content: '', tokens: [], id_slot: 0, stop: true, model: 'm', tokens_predicted: 3, tokens_evaluated: 7, generation_settings: { n_predict: 8 }, prompt: LONG, truncated: false, tokens_cached: 9, timings, ...rest });
const scan = (text: string, pieceBytes = 64 * 1024): object => {
  const usage = new UsageScan();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) usage.read(bytes.subarray(at, at + pieceBytes));
  return usage.toUsage();
};
const used = (promptTokens: number, completionTokens: number, cachedTokens: number): object => ({ promptTokens, completionTokens, cachedTokens });

test.each<[string, string, object]>([
  ['a prompt that is said again in full', JSON.stringify(last()), used(7, 3, 2)],
  ['a stream that ends with such', `data: {"index":0,"content":"a","tokens_predicted":1,"tokens_evaluated":7}\n\ndata: ${JSON.stringify(last())}\n\n`, used(7, 3, 2)],
  ['a stream that was broken off', 'data: {"index":0,"content":"a","tokens_predicted":12,"tokens_evaluated":7}', used(7, 12, 0)],
  ['several prompts', JSON.stringify([last(), last({ index: 1, tokens_predicted: 5 })]), used(14, 8, 4)],
  ['several prompts in one stream', [last({ index: 0 }), last({ index: 1, tokens_predicted: 5 })].map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''), used(14, 8, 4)],
  ['words that look like figures', JSON.stringify(last({ content: '"tokens_predicted":0,"prompt_tokens":0', prompt: '{"completion_tokens":0}' })), used(7, 3, 2)],
  ['OpenAI\'s usage', '{"choices":[{"index":0}],"usage":{"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7, "prompt_tokens_details": {"cached_tokens": 4}}}', used(5, 2, 4)],
  ['nothing', '{"text":"heard"}', used(0, 0, 0)],
])('figures are found in %s', (_what, text, usage) => {
  expect(scan(text)).toEqual(usage);
});

test('figures are found wherever the answer is cut', () => {
  const text = JSON.stringify(last({ prompt: 'x', tokens_predicted: 1234 }));

  for (const size of [1, 2, 3, 7, 31, 64]) expect(scan(text, size)).toEqual(used(7, 1234, 2));
});
