import { afterAll, beforeAll, expect, test } from 'vitest';
import { aConfig, startPortWorld, type PortWorld } from '../support/portWorld.ts';

let world: PortWorld;
beforeAll(async () => {
  world = await startPortWorld();
  world.configs.push(aConfig({ name: 'elsewhere', model: null, engine: 'external', external: { baseUrl: 'https://x.test/v1', keyVariable: null, model: null } }));
});
afterAll(async () => { await world.stop(); });

const ADDRESS = 'http://127.0.0.1:9/admin';
const part = (one: object) => ({ messages: [{ role: 'user', content: [{ type: 'text', text: 'http://is.only/text' }, one] }] });
const readStatus = async (path: string, body: object): Promise<[number, string]> => {
  const response = await world.ask(path, { body: { model: 'demo', ...body } });
  return [response.status, await response.text()];
};

test.each<[string, string, object]>([
  ['a picture', '/v1/chat/completions', part({ type: 'image_url', image_url: { url: ADDRESS } })],
  ['a picture as text', '/v1/chat/completions', part({ type: 'image_url', image_url: ADDRESS })],
  ['a file', '/v1/chat/completions', part({ type: 'image_url', image_url: { url: 'file:///etc/hostname' } })],
  ['what llama-server takes for an address', '/v1/chat/completions', part({ type: 'image_url', image_url: { url: 'httpx' } })],
  ['a sound in its data', '/v1/chat/completions', part({ type: 'input_audio', input_audio: { data: ADDRESS, format: 'wav' } })],
  ['a sound in its address', '/v1/chat/completions', part({ type: 'input_audio', input_audio: { url: ADDRESS } })],
  ['a film', '/v1/chat/completions', part({ type: 'input_video', input_video: { data: ADDRESS } })],
  ['a part of another engine', '/v1/chat/completions', part({ type: 'video_url', video_url: { url: 'ftp://x.test/film' } })],
  ['a part without a type', '/v1/chat/completions', part({ image_url: ADDRESS })],
  ['what a tool gave back', '/v1/chat/completions', { messages: [{ role: 'tool', tool_call_id: 'a', content: [{ type: 'image_url', image_url: { url: ADDRESS } }] }] }],
  ['a template', '/apply-template', part({ type: 'image_url', image_url: { url: ADDRESS } })],
  ['tokens of a chat', '/tokenize', part({ type: 'image_url', image_url: { url: ADDRESS } })],
  ['vectors of a chat', '/v1/embeddings', { input: 'x', ...part({ type: 'image_url', image_url: { url: ADDRESS } }) }],
  ['documents', '/v1/rerank', { query: 'x', documents: [{ content: [{ type: 'image_url', image_url: { url: ADDRESS } }] }] }],
  ['Messages', '/v1/messages', { max_tokens: 9, ...part({ type: 'image', source: { type: 'url', url: ADDRESS } }) }],
  ['a count of tokens', '/v1/messages/count_tokens', part({ type: 'image', source: { type: 'url', url: ADDRESS } })],
  ['a tool of Messages', '/v1/messages', { max_tokens: 9, ...part({ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'image', source: { type: 'url', url: ADDRESS } }] }) }],
  ['Responses', '/v1/responses', { input: [{ role: 'user', content: [{ type: 'input_image', image_url: ADDRESS }] }] }],
  ['a sound in Responses', '/v1/responses', { input: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: ADDRESS } }] }] }],
  ['a tool of Responses', '/v1/responses', { input: [{ type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' }, { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_image', image_url: ADDRESS }] }] }],
  ['Ollama', '/api/chat', { messages: [{ role: 'user', content: 'x', images: [ADDRESS] }] }],
  ['a prompt of Ollama', '/api/generate', { prompt: 'x', images: [ADDRESS] }],
])('an address is not fetched: %s', async (_what, path, body) => {
  const asked = (await world.engine.readState()).requests.length;
  const [status, text] = await readStatus(path, body);

  expect([status, text]).toEqual([400, expect.stringContaining('An address is not fetched')]);
  expect((await world.engine.readState()).requests.length).toBe(asked);
});

test.each<[string, object]>([
  ['a data: URL', part({ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } })], ['base64', part({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } })], ['a text that names an address', { messages: [{ role: 'user', content: [{ type: 'text', text: ADDRESS }] }] }],
])('%s is taken', async (_what, body) => {
  expect((await readStatus('/v1/chat/completions', body))[0]).toBe(200);
});

test('a service elsewhere may fetch what it is told to', async () => {
  expect((await readStatus('/v1/chat/completions', { model: 'elsewhere', ...part({ type: 'image_url', image_url: { url: 'https://x.test/a.png' } }) }))[0]).toBe(200);
});
