import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { aConfig, startPortWorld, type PortWorld } from '../support/portWorld.ts';
import { waitFor } from '../support/waitFor.ts';

let world: PortWorld;
beforeAll(async () => { world = await startPortWorld(); });
afterAll(async () => { await world.stop(); });
beforeEach(() => { world.isLoopbackOpen = true; world.slots.refusal = null; });

const chat = (order: string, rest: object = {}) => ({ model: 'demo', messages: [{ role: 'user', content: order }], ...rest });
const askChat = (order: string, rest: object = {}) => world.ask('/v1/chat/completions', { body: chat(order, rest) });

interface Chunk { id: string; object: string; model: string; choices: { index: number; delta: { content?: string; [key: string]: unknown }; finish_reason: string | null }[]; usage?: unknown; error?: { code: string } }
async function readStream(response: Response): Promise<{ chunks: Chunk[]; text: string }> {
  const text = await response.text();
  const chunks = text.split('\n\n').filter((block) => block.startsWith('data: ') && block !== 'data: [DONE]').map((block) => JSON.parse(block.slice(6)) as Chunk);
  return { chunks, text };
}

test('a chat is assembled from the stream that engines are always asked for', async () => {
  const response = await askChat('say 2', { temperature: 0.5, made_up: { deep: [1] } });
  const { requests } = await world.engine.readState();

  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    id: 'chatcmpl-engine', object: 'chat.completion', created: expect.any(Number) as number, model: 'demo',
    choices: [{ index: 0, message: { role: 'assistant', content: 'w0 w1 ', refusal: null }, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9, prompt_tokens_details: { cached_tokens: 1 } },
  });
  expect(requests.at(-1)).toMatchObject({
    path: '/v1/chat/completions', headers: { authorization: 'Bearer engine-secret' },
    body: { model: 'engine-name', stream: true, stream_options: { include_usage: true }, temperature: 0.5, made_up: { deep: [1] } },
  });
});

test('a stream has one role, an end for each choice, our name for the model, and no usage unless asked', async () => {
  const response = await askChat('say 2', { stream: true, model: 'gpt-4o' });
  const { chunks, text } = await readStream(response);

  expect(Object.fromEntries(['content-type', 'cache-control', 'x-accel-buffering', 'content-encoding'].map((name) => [name, response.headers.get(name)]))).toEqual({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no', 'content-encoding': null });
  expect(chunks.map(({ choices }) => choices)).toEqual([
    [{ index: 0, delta: { role: 'assistant', content: 'w0 ' }, finish_reason: null }], [{ index: 0, delta: { content: 'w1 ' }, finish_reason: null }], [{ index: 0, delta: {}, finish_reason: 'stop' }],
  ]);
  expect(new Set(chunks.map(({ id, object, model }) => `${id} ${object} ${model}`))).toEqual(new Set(['chatcmpl-engine chat.completion.chunk gpt-4o']));
  expect(text).not.toMatch(/usage|timings|secret/);
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
});

test('usage that was asked for comes once, behind chunks that say null', async () => {
  const { chunks } = await readStream(await askChat('say 2', { stream: true, stream_options: { include_usage: true } }));

  expect(chunks.map(({ usage }) => usage)).toEqual([null, null, null, { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9, prompt_tokens_details: { cached_tokens: 1 } }]);
  expect(chunks.at(-1)?.choices).toEqual([]);
});

test('a tool call keeps its id, is said once, and ends the choice as one', async () => {
  const tools = [{ type: 'function', function: { name: 'weather', parameters: {} } }];
  const { chunks } = await readStream(await askChat('call a tool', { stream: true, tools }));
  const whole = await (await askChat('call a tool', { tools })).json() as { choices: unknown[] };

  expect(chunks.map(({ choices }) => choices[0]?.delta['tool_calls']).filter(Boolean)).toEqual([
    [{ index: 0, id: 'a1', type: 'function', function: { name: 'weather', arguments: '' } }], [{ index: 0, function: { arguments: '{"city":' } }], [{ index: 0, function: { arguments: '"Oslo"}' } }],
  ]);
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls');
  expect(whole.choices).toEqual([{ index: 0, message: { role: 'assistant', content: null, refusal: null, tool_calls: [{ id: 'a1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }] }, logprobs: null, finish_reason: 'tool_calls' }]);
});

test.each([
  ['letters cut between chunks', 'cut letters', { content: 'grüß 漢字 🙂', finish: 'stop' }],
  ['an engine that forgets the last word', 'unfinished', { content: 'no end', finish: 'stop' }],
  ['an engine that does not stream', 'not a stream', { content: 'whole', finish: 'stop' }],
])('%s does no harm', async (_name, order, expected) => {
  const whole = await (await askChat(order)).json() as { choices: { message: { content: string }; finish_reason: string }[] };
  const { chunks } = await readStream(await askChat(order, { stream: true }));

  expect({ content: whole.choices[0]?.message.content, finish: whole.choices[0]?.finish_reason }).toEqual(expected);
  expect({ content: chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join(''), finish: chunks.at(-1)?.choices[0]?.finish_reason }).toEqual(expected);
});

test('several choices each have their role and their end', async () => {
  const { choices } = await (await askChat('say 1', { n: 2 })).json() as { choices: unknown[] };

  expect(choices).toMatchObject([{ index: 0, message: { role: 'assistant' }, finish_reason: 'stop' }, { index: 1, message: { role: 'assistant' }, finish_reason: 'stop' }]);
});

test.each([
  ['error context', 400, 'context_length_exceeded'], ['error malformed', 400, 'invalid_request'], ['error loading', 503, 'model_loading'], ['error vllm', 400, 'invalid_request'], ['error picture', 400, 'unsupported_content'], ['error letters', 400, 'invalid_request'],
  ['error html', 500, 'engine_error'], ['garbage', 502, 'engine_error'], ['crash', 502, 'engine_crashed'], ['closes early', 502, 'engine_crashed'], ['error midway', 500, 'engine_error'],
])('an engine\'s "%s" is told in our words', async (order, status, code) => {
  const response = await askChat(order);
  const body = await response.json() as { error: Record<string, unknown> };

  expect([response.status, body.error['code']]).toEqual([status, code]);
  expect(Object.keys(body.error)).toEqual(['message', 'type', 'param', 'code']);
});

test.each<[string, number, string]>([['breaks at once', 500, 'engine_error'], ['garbage', 502, 'engine_error']])('"%s" before the first piece of a stream is told by its status', async (order, status, code) => {
  const response = await askChat(order, { stream: true });

  expect([response.status, await response.json()]).toMatchObject([status, { error: { code } }]);
});

test('a refusal of what has no body keeps the connection', async () => {
  const refused = await Promise.all(['/v1/models/nobody', '/v1/nothing'].map((path) => world.ask(path)));

  expect(refused.map(({ status, headers }) => [status, headers.get('connection')])).toEqual([[404, 'keep-alive'], [404, 'keep-alive']]);
});

test.each(['crash', 'closes early', 'error midway'])('"%s" in the middle of a stream is an error event, and the stream ends', async (order) => {
  const { chunks, text } = await readStream(await askChat(order, { stream: true }));

  expect(chunks[0]?.choices[0]?.delta.content).toBe('half ');
  expect(chunks.at(-1)?.error).toMatchObject({ param: null, code: order === 'error midway' ? 'engine_error' : 'engine_crashed' });
  expect(text).not.toContain('[DONE]');
});

test.each([
  [{ kind: 'queue_full', retryAfterMs: 1_500, scope: 'all' }, 429, 'queue_full', { 'retry-after': '2', 'retry-after-ms': '1500' }],
  [{ kind: 'gpu_busy', place: 'gpu', retryAfterMs: 5_000 }, 503, 'gpu_busy', { 'retry-after': '5' }],
  [{ kind: 'insufficient_vram', neededBytes: 2, freeBytes: 1, holders: ['ComfyUI'] }, 500, 'insufficient_vram', { 'x-should-retry': 'false' }],
  [{ kind: 'load_failed', failure: 'crashed', detail: 'exit 1', retryAfterMs: null }, 500, 'load_failed', { 'x-should-retry': 'false' }],
  [{ kind: 'engine_crashed', detail: 'SIGSEGV' }, 502, 'engine_crashed', {}],
  [{ kind: 'shutting_down' }, 503, 'shutting_down', { 'retry-after': '5' }],
  [{ kind: 'model_unloaded' }, 503, 'model_unloaded', { 'retry-after': '1' }],
] as const)('a refusal %o keeps its status, streamed or not', async (refusal, status, code, headers) => {
  world.slots.refusal = refusal;

  for (const stream of [false, true]) {
    const response = await askChat('say 1', { stream });
    expect([response.status, (await response.json() as { error: { code: string } }).error.code]).toEqual([status, code]);
    expect(Object.fromEntries(Object.keys(headers).map((name) => [name, response.headers.get(name)]))).toEqual(headers);
  }
});

test.each([
  ['broken JSON', '{"model": ', 400, 'invalid_json'], ['no body', '', 400, 'invalid_json'], ['a list', '[]', 400, 'invalid_json'], ['no model', '{"messages":[]}', 400, 'missing_required_parameter'],
  ['no messages', '{"model":"demo"}', 400, 'missing_required_parameter'], ['empty messages', '{"model":"demo","messages":[]}', 400, 'invalid_request'],
  ['an unknown model', '{"model":"nobody","messages":[{}]}', 404, 'model_not_found'], ['a model of another type', '{"model":5}', 400, 'invalid_type'],
])('%s is refused', async (_name, body, status, code) => {
  const response = await world.ask('/v1/chat/completions', { method: 'POST', body });
  const { error } = await response.json() as { error: Record<string, unknown> };

  expect([response.status, error['code'], Object.keys(error)]).toEqual([status, code, ['message', 'type', 'param', 'code']]);
});

test('a body of 30 MB goes through whole, and one over the limit is refused', async () => {
  const picture = `data:image/png;base64,${'A'.repeat(30 * 1024 * 1024)}`;
  const passed = await world.ask('/v1/chat/completions', { body: { model: 'demo', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: picture } }] }] } });
  const { requests } = await world.engine.readState();
  const refused = await world.ask('/v1/chat/completions', { body: 'x'.repeat(65 * 1024 * 1024) }).catch(() => null);

  expect(passed.status).toBe(200);
  expect(requests.at(-1)?.body['length']).toBeGreaterThan(picture.length);
  expect(refused === null ? 413 : refused.status).toBe(413);
});

test('models are listed and read by ids with slashes and colons, encoded or not', async () => {
  const list = await (await world.ask('/v1/models')).json() as { data: unknown[] };
  const ids = await Promise.all(['/v1/models/org/model:Q4_K_M', '/v1/models/org%2Fmodel%3AQ4_K_M', '/v1/models/gpt-4o', '/v1/models/nobody', '/v1/models/%2e%2e%2f%2e%2e%2fetc%2fpasswd', '/v1/models/%zz'].map(async (path) => {
    const response = await world.ask(path);
    const body = await response.json() as { id?: string; error?: { code: string } };
    return [response.status, body.id ?? body.error?.code];
  }));

  expect(list).toEqual({ object: 'list', data: [{ id: 'demo', object: 'model', created: 1_700_000_000, owned_by: 'wheelhouse' }, { id: 'org/model:Q4_K_M', object: 'model', created: 1_700_000_000, owned_by: 'wheelhouse' }] });
  expect(ids).toEqual([[200, 'org/model:Q4_K_M'], [200, 'org/model:Q4_K_M'], [200, 'demo'], [404, 'model_not_found'], [404, 'model_not_found'], [400, 'invalid_request']]);
});

test('what a configuration says is filled in where the request says nothing', async () => {
  world.configs[0] = aConfig({ name: 'demo', aliases: ['gpt-4o'], systemPrompt: 'Be kind.', sampling: { temperature: 0.1, topP: null, topK: 5, minP: null, repeatPenalty: null, maxTokens: 50, seed: 7 } });
  await askChat('say 1');
  await askChat('say 1', { messages: [{ role: 'developer', content: 'Mine.' }, { role: 'user', content: 'say 1' }], temperature: 1, max_completion_tokens: 9 });
  const { requests } = await world.engine.readState();
  world.configs[0] = aConfig({ name: 'demo', aliases: ['gpt-4o'] });

  expect(requests.at(-2)?.body).toMatchObject({ messages: [{ role: 'system', content: 'Be kind.' }, { role: 'user' }], temperature: 0.1, top_k: 5, max_tokens: 50, seed: 7 });
  expect(requests.at(-1)?.body).toMatchObject({ messages: [{ role: 'system', content: 'Mine.' }, { role: 'user' }], temperature: 1, max_tokens: 9 });
});

test('embeddings come as numbers or as base64, as asked', async () => {
  const numbers = await (await world.ask('/v1/embeddings', { body: { model: 'demo', input: ['a', 'b'] } })).json() as unknown;
  const base64 = await (await world.ask('/v1/embeddings', { body: { model: 'demo', input: [1, 2, 3], encoding_format: 'base64' } })).json() as { data: { embedding: string }[] };

  expect(numbers).toEqual({ object: 'list', model: 'demo', data: [{ object: 'embedding', index: 0, embedding: [0.25, -1, 2] }, { object: 'embedding', index: 1, embedding: [0.25, -1, 2] }], usage: { prompt_tokens: 8, total_tokens: 8 } });
  expect(base64.data[0]?.embedding).toBe(Buffer.from(new Float32Array([0.25, -1, 2]).buffer).toString('base64'));
});

test('documents are ranked, the best first', async () => {
  const answer = await (await world.ask('/v1/rerank', { body: { model: 'demo', query: 'q', documents: ['a', 'abc', 'ab'], top_n: 2, return_documents: true } })).json() as unknown;

  expect(answer).toEqual({ object: 'list', model: 'demo', usage: { prompt_tokens: 11, total_tokens: 11 }, results: [{ index: 1, relevance_score: 3, document: { text: 'abc' } }, { index: 2, relevance_score: 2, document: { text: 'ab' } }] });
});

test('a client that goes away frees its slot at once, in the queue, before the first token and after it, streamed or not', async () => {
  for (const order of ['prefill for ever', 'hang after 2', 'without end']) {
    for (const stream of [false, true]) {
      const abort = new AbortController();
      const asked = world.ask('/v1/chat/completions', { body: chat(order, { stream }), signal: abort.signal }).then((response) => response.text()).catch(() => 'gone');
      await waitFor(async () => (await world.engine.readState()).running > 0, { what: `${order} to run` });
      abort.abort();
      await asked;
      await waitFor(() => world.slots.held.size === 0, { timeoutMs: 2_000, what: `the slot of ${order} to be free` });
      await waitFor(async () => (await world.engine.readState()).running === 0, { what: 'the engine to be told' });
      expect(world.book.recent()[0]).toMatchObject({ httpStatus: 499, state: 'cancelled', error: { code: 'client_gone' } });
    }
  }
  const release = world.slots.hold();
  const abort = new AbortController();
  const asked = world.ask('/v1/chat/completions', { body: chat('say 1'), signal: abort.signal }).catch(() => 'gone');
  await waitFor(() => world.book.list().length === 1);
  abort.abort();
  await asked;
  await waitFor(() => world.book.list().length === 0);
  release();
  expect(world.slots.held.size).toBe(0);
});

test('a request is cancelled by its id', async () => {
  const response = await askChat('hang after 1', { stream: true });
  const id = response.headers.get('x-request-id') ?? '';
  const cancelled = await world.ask('/cancel', { body: { id } });
  const { chunks } = await readStream(response);
  const again = await world.ask('/cancel', { body: { id } });

  expect([cancelled.status, chunks.at(-1)?.error?.code, again.status]).toEqual([200, 'cancelled', 404]);
});

test('a slot that is taken away ends its request clearly', async () => {
  const crashed = await askChat('hang after 1', { stream: true });
  world.slots.endAll('crashed');
  const { chunks } = await readStream(crashed);
  await waitFor(async () => (await world.engine.readState()).running === 0);
  const waiting = askChat('prefill for ever');
  await waitFor(async () => (await world.engine.readState()).running > 0);
  world.slots.endAll('forced');
  const forced = await waiting;

  expect(chunks.at(-1)?.error?.code).toBe('engine_crashed');
  expect([forced.status, (await forced.json() as { error: { code: string } }).error.code]).toEqual([503, 'model_unloaded']);
});

test('a stream that waits for its model gets its headers and a comment after a second; what then fails is an event', async () => {
  const release = world.slots.hold();
  const response = await askChat('say 1', { stream: true });
  world.slots.refusal = { kind: 'load_failed', failure: 'stalled', detail: 'no sign of life', retryAfterMs: null };
  release();
  const { chunks, text } = await readStream(response);

  expect(response.status).toBe(200);
  expect(text.startsWith(': keep-alive\n\n')).toBe(true);
  expect(chunks.at(-1)?.error?.code).toBe('load_failed');
});

test('the state of engines is read without loading them, and loading and unloading answer', async () => {
  const running = await (await world.ask('/running')).json() as { running: { model: string; state: string; context_per_slot: number }[] };
  const props = await (await world.ask('/props?model=demo')).json() as unknown;
  const slots = await (await world.ask('/slots?model=demo')).json() as unknown;
  const unloaded = await world.ask('/models/unload', { body: { model: 'demo' } });
  const propsOfNone = await world.ask('/props?model=demo');
  const loaded = await (await world.ask('/models/load', { body: { model: 'demo' } })).json() as unknown;

  expect(running.running).toMatchObject([{ model: 'demo', state: 'ready', context_per_slot: 2048 }]);
  expect([props, slots]).toMatchObject([{ total_slots: 4 }, [{ n_ctx: 2048 }]]);
  expect([unloaded.status, propsOfNone.status]).toEqual([200, 503]);
  expect(loaded).toMatchObject({ success: true, model: 'demo', state: 'ready' });
});

test('what llama-server has of its own is passed on', async () => {
  const tokens = await (await world.ask('/tokenize', { body: { content: 'one two three' } })).json() as unknown;
  const native = await (await world.ask('/completion', { body: { prompt: 'x', model: 'demo' } })).json() as unknown;
  const form = new FormData();
  form.set('model', 'demo');
  form.set('file', new Blob(['RIFF']), 'a.wav');
  const heard = await (await fetch(`${world.url}/v1/audio/transcriptions`, { method: 'POST', body: form })).json() as unknown;
  const upstream = await (await world.ask('/upstream/org%2Fmodel:Q4_K_M/some/path?x=1')).json() as unknown;
  const climbing = await world.ask('/upstream/demo/%2e%2e%2fsecret');

  expect([tokens, native, heard, upstream, climbing.status]).toEqual([{ tokens: [0, 1, 2] }, expect.objectContaining({ content: 'native', tokens_predicted: 3, tokens_evaluated: 7 }) as unknown, { text: 'heard' }, { path: '/some/path?x=1' }, 400]);
});

test('events begin with what stands and go on; logs are lines', async () => {
  const abort = new AbortController();
  const events = await world.ask('/events', { signal: abort.signal });
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  await askChat('say 1');
  await waitFor(async () => { text += (await reader?.read())?.value ?? ''; return text.includes('"state":"done"'); });
  abort.abort();
  const logs = await (await world.ask('/logs?model=demo')).text();

  expect(text).toMatch(/^event: snapshot\ndata: \{"models":\[\{"model":"demo"/);
  expect(logs).toBe('demo says hello\n');
});

test('300 clients at once are all answered', async () => {
  const texts = await Promise.all(Array.from({ length: 300 }, async (_, index) => {
    const response = await askChat(`say ${(index % 5) + 1}`, { stream: index % 2 === 0 });
    return index % 2 === 0 ? (await readStream(response)).chunks.length : (await response.json() as { usage: { completion_tokens: number } }).usage.completion_tokens + 1;
  }));

  expect(texts).toEqual(Array.from({ length: 300 }, (_, index) => (index % 5) + 2));
  expect(world.slots.held.size).toBe(0);
});
