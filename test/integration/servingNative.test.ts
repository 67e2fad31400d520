import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTinyGguf } from '../fakes/models/makeTinyGguf.ts';
import { makeHome, removeHomes, startBackend, type TestBackend } from '../support/backend.ts';
import { findLlamaServer, NO_LLAMA_SERVER } from '../support/llamaServer.ts';

let backend: TestBackend;
beforeAll(async () => {
  const home = makeHome();
  // Tokens of the vocabulary that stand for before, behind and between.
  makeTinyGguf(join(home, 'filler.gguf'), { name: 'Filler', extraEntries: [['tokenizer.ggml.fim_pre_token_id', 'u32', 10], ['tokenizer.ggml.fim_suf_token_id', 'u32', 11], ['tokenizer.ggml.fim_mid_token_id', 'u32', 12]] });
  makeTinyGguf(join(home, 'tiny.gguf'));
  backend = await startBackend({ home });
  for (const name of ['filler', 'tiny']) {
    for await (const progress of await backend.client.models.importFrom({ path: join(home, `${name}.gguf`), name })) if (progress.kind === 'done') break;
    for (const engine of ['embedded', 'llama-server'] as const) await backend.client.modelConfigs.create({ name: `${name}/${engine}`, model: name, engine, contextTokens: 2_048, slots: 2, threads: 1, gpuLayers: 0 });
  }
});
afterAll(async () => { await backend.stop(); removeHomes(); });

interface Answer { models?: { name: string; expires_at: string }[]; tokens_evaluated?: number; tokens_predicted?: number; [key: string]: unknown }
async function ask(path: string, body?: object): Promise<{ status: number; answer: Answer }> {
  const response = await fetch(`${backend.url}${path}`, body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return { status: response.status, answer: await response.json() as Answer };
}

test('a model that Ollama\'s clients load ahead stays for as long as they asked, and goes at once with 0', async () => {
  const list = async (): Promise<NonNullable<Answer['models']>> => (await ask('/api/ps')).answer.models ?? [];
  const loaded = await ask('/api/generate', { model: 'tiny/embedded', keep_alive: '3h' });
  const [kept] = await list();
  await ask('/api/generate', { model: 'tiny/embedded', keep_alive: 0 });

  expect(loaded.answer).toMatchObject({ done: true, done_reason: 'load' });
  expect([kept?.name, Math.round((Date.parse(kept?.expires_at ?? '') - Date.now()) / 3_600_000)]).toEqual(['tiny/embedded', 3]);
  expect(await list()).toEqual([]);
});

const llamaServer = findLlamaServer();
describe.each([['embedded', true], ['llama-server', llamaServer !== null]] as const)('with the engine %s', (engine, isThere) => {
  test.skipIf(!isThere)(`a gap is filled, by a model that can${isThere ? '' : `: ${NO_LLAMA_SERVER}`}`, async () => {
    const gap = { prompt: 'Who', suffix: 'you?', stream: false, options: { num_predict: 4 } };
    const filled = await ask('/api/generate', { model: `filler/${engine}`, ...gap });
    const refused = await ask('/api/generate', { model: `tiny/${engine}`, ...gap });

    expect(filled).toMatchObject({ status: 200, answer: { done: true, response: expect.any(String) as string, eval_count: 4 } });
    expect(refused).toEqual({ status: 400, answer: { error: `"tiny/${engine}" does not support insert` } });
  });
});

test.skipIf(llamaServer === null)(`what llama-server's own endpoint used is told whole${llamaServer === null ? `: ${NO_LLAMA_SERVER}` : ''}`, async () => {
  const long = { model: 'tiny/llama-server', prompt: 'Who are you? '.repeat(40), n_predict: 3 };
  const { answer } = await ask('/completion', long);
  await ask('/completion', { ...long, response_fields: ['content'] });
  const rows = (await backend.client.usage.list({})).filter(({ endpoint }) => endpoint === '/completion');

  expect(rows).toMatchObject([{ requestCount: 2, promptTokens: 2 * (answer.tokens_evaluated ?? 0), completionTokens: 2 * (answer.tokens_predicted ?? 0) }]);
  expect(rows[0]?.cachedTokens).toBeGreaterThan(0);
});
