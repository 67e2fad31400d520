import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeHomes, startBackend, type TestBackend } from '../support/backend.ts';
import { startFakeEngine, type FakeEngine } from '../support/portWorld.ts';
import { waitFor } from '../support/waitFor.ts';

let backend: TestBackend;
let engine: FakeEngine;
beforeEach(async () => {
  engine = await startFakeEngine();
  backend = await startBackend();
  await backend.client.modelConfigs.create({ name: 'far', model: null, engine: 'external', external: { baseUrl: `${engine.endpoint.origin}/v1`, keyVariable: null, model: null } });
}, 60_000);
afterEach(async () => {
  await backend.kill();
  await engine.kill();
  removeHomes();
});

/** A request whose answer is read as it comes. */
async function ask(path: string, order: string, rest: object = {}): Promise<{ status: number; headers: Headers; text: string; ended: Promise<void> }> {
  const response = await fetch(`${backend.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'far', max_tokens: 99, messages: [{ role: 'user', content: order }], ...rest }) });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const asked = { status: response.status, headers: response.headers, text: '', ended: Promise.resolve() };
  asked.ended = (async () => { for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) asked.text += piece.value; })();
  return asked;
}

test('an ordered stop tells whoever is being answered, each in its own words, before it lets go of them', async () => {
  const streams = await Promise.all([
    ask('/v1/chat/completions', 'hang after 3', { stream: true }), ask('/v1/messages', 'hang after 3', { stream: true }), ask('/api/chat', 'hang after 3', { stream: true }),
  ]);
  const whole = ask('/v1/chat/completions', 'prefill for ever');
  await waitFor(async () => streams.every(({ text }) => text.includes('w2')) && (await backend.client.serving.list({})).requests.length === 4, { timeoutMs: 30_000, what: 'three streams and a request that waits' });
  await backend.stop();
  const refused = await whole;
  await Promise.all([...streams, refused].map(({ ended }) => ended));

  expect(readFileSync(join(backend.home, 'logs', 'backend.log'), 'utf8')).not.toContain('backend.stop_step_failed');
  expect(streams.map(({ text }) => text.trim().split('\n').at(-1))).toEqual([
    expect.stringMatching(/^data: \{"error":.*"code":"shutting_down"/), expect.stringMatching(/^data: \{"type":"error","error":\{"type":"overloaded_error"/), expect.stringMatching(/^\{"error":"Wheelhouse is being stopped\."\}$/),
  ]);
  expect([refused.status, refused.headers.get('retry-after'), JSON.parse(refused.text)]).toEqual([503, '5', { error: expect.objectContaining({ code: 'shutting_down' }) as unknown }]);
}, 90_000);
