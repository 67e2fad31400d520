import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPortWorld, type PortWorld } from '../support/portWorld.ts';
import { waitFor } from '../support/waitFor.ts';

let world: PortWorld;
beforeAll(async () => { world = await startPortWorld(); });
afterAll(async () => { await world.stop(); });

/** What has come of a stream of events until the words are in it. */
async function readUntil(headers: Record<string, string>, words: string, act: () => Promise<unknown>): Promise<string> {
  const abort = new AbortController();
  const events = await world.ask('/events', { headers, signal: abort.signal });
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  await act();
  await waitFor(async () => { text += (await reader?.read())?.value ?? ''; return text.includes(words); }, { timeoutMs: 15_000, what: words });
  abort.abort();
  return text;
}

test('a request that calls its model as Ollama does is in the events of whoever may use the model, and of nobody else', async () => {
  const [mine, others] = ['demo', 'org/*'].map((pattern) => ({ authorization: `Bearer ${world.keys.create({ name: pattern, models: [pattern] }).secret}` }));
  const chat = (model: string) => world.ask('/api/chat', { body: { model, stream: false, messages: [{ role: 'user', content: 'say 1' }] } });
  const seen = await readUntil(mine ?? {}, '"state":"done"', () => chat('demo:latest'));
  const unseen = await readUntil(others ?? {}, '"state":"done"', async () => { await chat('demo:latest'); await chat('org/model:Q4_K_M'); });

  expect(seen).toContain('"model":"demo:latest"');
  expect(unseen).not.toContain('demo');
});

test('HEAD is answered where Ollama\'s program looks whether anybody is there, with a key like all else', async () => {
  const statuses = await Promise.all(['/api/tags', '/api/version', '/api/chat'].map(async (path) => (await world.ask(path, { method: 'HEAD' })).status));
  world.isLoopbackOpen = false;
  const keyless = await world.ask('/api/tags', { method: 'HEAD' });

  expect([statuses, keyless.status]).toEqual([[200, 200, 404], 401]);
});
