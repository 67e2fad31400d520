import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPortWorld, type PortWorld } from '../support/portWorld.ts';

let world: PortWorld;
beforeAll(async () => { world = await startPortWorld(); });
afterAll(async () => { await world.stop(); });

/** Larger than what is read of a body. */
const PICTURE = Buffer.alloc(1_500_000, 'picture').toString('base64');
const URL = `data:image/png;base64,${PICTURE}`;
const openAi = { messages: [{ role: 'user', content: [{ type: 'text', text: 'What is "this"?' }, { type: 'image_url', image_url: { url: URL } }] }] };
const response = { input: [{ role: 'user', content: [{ type: 'input_text', text: 'What?' }, { type: 'input_image', image_url: URL }] }] };

/** The hashes of the long texts that reached the engine last. */
async function readLast(): Promise<unknown> {
  return (await world.engine.readState()).requests.at(-1)?.body['strings'];
}

test.each<[string, string, object]>([
  ['OpenAI', '/v1/chat/completions', openAi],
  ['Anthropic', '/v1/messages', { max_tokens: 9, messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PICTURE } }] }] }],
  ['Responses', '/v1/responses', response],
  ['Ollama', '/api/chat', { messages: [{ role: 'user', content: 'What?', images: [PICTURE] }] }],
])('a large picture in the words of %s reaches the engine whole', async (_name, path, body) => {
  const answer = await world.ask(path, { body: { model: 'demo', stream: false, ...body } });
  await answer.text();

  expect(answer.status).toBe(200);
  expect(await readLast()).toEqual([createHash('sha256').update(URL).digest('hex')]);
});

test('a large picture of an earlier response is still there in the next', async () => {
  const first = await (await world.ask('/v1/responses', { body: { model: 'demo', ...response } })).json() as { id: string };
  await (await world.ask('/v1/responses', { body: { model: 'demo', previous_response_id: first.id, input: 'And now?' } })).text();

  expect(await readLast()).toEqual([createHash('sha256').update(URL).digest('hex')]);
});

test('a large document that was ranked comes back whole', async () => {
  const answer = await world.ask('/v1/rerank', { body: { model: 'demo', query: 'What?', documents: ['small', URL], return_documents: true } });

  expect(await answer.json()).toMatchObject({ results: expect.arrayContaining([expect.objectContaining({ index: 1, document: { text: URL } })]) as unknown });
});

test('a large body that is no JSON is refused as such', async () => {
  const answer = await world.ask('/v1/chat/completions', { body: `{"model":"demo","messages":[{"content":"${PICTURE}"` });

  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'invalid_json' } }]);
});
