import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTinyGguf, TINY_ANSWER } from '../fakes/models/makeTinyGguf.ts';
import { removeHomes, startBackend, type TestBackend } from '../support/backend.ts';
import { waitFor } from '../support/waitFor.ts';

let folder = '';
let backend: TestBackend;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'models-served-'));
  backend = await startBackend({ env: { HOME: folder, HF_HOME: join(folder, 'hf'), OLLAMA_MODELS: join(folder, 'ollama'), HF_HUB_CACHE: '', XDG_CACHE_HOME: join(folder, '.cache'), WHEELHOUSE_SERVING_ENGINE: 'embedded' } });
});
afterAll(async () => {
  await backend.stop();
  removeHomes();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(model: string, tokens: number): Promise<{ status: number; text: string }> {
  const response = await fetch(`${backend.url}/v1/chat/completions`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, signal: AbortSignal.timeout(90_000),
    body: JSON.stringify({ model, max_tokens: tokens, messages: [{ role: 'user', content: 'What is an instance?' }] }),
  });
  const body = await response.json() as { choices?: { message: { content: string } }[] };
  return { status: response.status, text: body.choices?.[0]?.message.content ?? JSON.stringify(body) };
}

async function importTiny(name: string, answer: string): Promise<void> {
  const { path } = makeTinyGguf(join(folder, `${name}.gguf`), { answer });
  for await (const progress of await backend.client.models.importFrom({ path, name })) if (progress.kind === 'done') return;
}

test('the model that comes with the app answers to its bare name, and pickers know that name', { timeout: 120_000 }, async () => {
  await waitFor(async () => (await backend.client.models.list({})).some(({ modelName }) => modelName === 'wheelhouse-guide'), { timeoutMs: 30_000, what: 'the model that comes with the app' });

  const answer = await ask('wheelhouse-guide', 8);

  const configs = await backend.client.modelConfigs.list({});
  expect({ status: answer.status, hasText: answer.text.length > 0 }, answer.text).toEqual({ status: 200, hasText: true });
  expect(configs.filter(({ aliases }) => aliases.includes('wheelhouse-guide')).map(({ name, isImplicit }) => ({ name, isImplicit }))).toEqual([{ name: 'wheelhouse-guide:F16', isImplicit: true }]);
});

test('a model answers to its bare name, aliases and roles, and what serves it stands in the way of its removal', { timeout: 120_000 }, async () => {
  await importTiny('tiny', TINY_ANSWER);
  await backend.client.models.setAlias({ alias: 'small', model: 'tiny' });
  await backend.client.models.assignRole({ role: 'greeter', model: 'tiny' });
  await backend.client.modelConfigs.create({ name: 'tiny-fast', model: 'tiny', slots: 1, threads: 1, contextTokens: 1_024 });
  const before = await backend.client.models.planRemoval({ model: 'tiny' });

  const answers = [await ask('tiny', 200), await ask('small', 200), await ask('greeter', 200), await ask('tiny-fast', 200)];

  const after = await backend.client.models.planRemoval({ model: 'tiny' });
  expect(answers).toEqual(Array.from({ length: 4 }, () => ({ status: 200, text: TINY_ANSWER })));
  expect(before.dependents.map(({ kind, name }) => [kind, name])).toEqual([['role', 'greeter'], ['alias', 'small'], ['config', 'tiny-fast']]);
  expect(after.dependents.map(({ kind, name }) => [kind, name])).toEqual([['role', 'greeter'], ['alias', 'small'], ['config', 'tiny-fast'], ['engine', 'tiny-fast'], ['engine', 'tiny:F32']]);
  await expect(backend.client.models.remove({ model: 'tiny' })).rejects.toMatchObject({ code: 'model.in_use', data: { users: ['greeter', 'small', 'tiny-fast', 'tiny-fast', 'tiny:F32'] } });
});
