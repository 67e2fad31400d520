import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Token } from 'node-llama-cpp';
import { expect, test } from 'vitest';
import { requireShort } from './textLength.ts';

/** Each word is a token. */
class CountingModel {
  characters = 0;

  tokenize(text: string): Token[] {
    this.characters += text.length;
    return text.split(' ').filter((word) => word !== '').map((_, n) => n as Token);
  }
}

const measure = (text: string, model: CountingModel, signal = new AbortController().signal): Promise<unknown> => requireShort(text, { model, contextTokens: 8_192, signal }).then(() => 'fits', (error: unknown) => error);

test.each([
  { what: 'a short text is not looked at', words: 3_000, characters: 0 },
  { what: 'a text that fits is counted once', words: 7_000, characters: 35_000 },
])('$what', async ({ words, characters }) => {
  const model = new CountingModel();

  expect([await measure('word '.repeat(words), model), model.characters]).toEqual(['fits', characters]);
});

test('a text of many megabytes is refused by its beginning, with about the number of its tokens', async () => {
  const model = new CountingModel();
  const refusal = await measure('word '.repeat(5_000_000), model);

  expect(refusal).toMatchObject({ status: 400, code: 'context_length_exceeded', details: { n_ctx: 8_192, n_prompt_tokens: expect.closeTo(5_000_000, -5) as number } });
  expect(model.characters).toBeLessThan(65_536);
});

test('others have their turns while a text is counted, and who has gone is not waited for', async () => {
  const abort = new AbortController();
  const model = new CountingModel();
  const measuring = measure('word '.repeat(7_000), model, abort.signal);
  await nextTurn();
  const counted = model.characters;
  abort.abort(new Error('gone'));

  expect([counted < 35_000, await measuring, model.characters < 35_000]).toEqual([true, abort.signal.reason, true]);
});
