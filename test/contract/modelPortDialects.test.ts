import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPortWorld, type PortWorld } from '../support/portWorld.ts';

let world: PortWorld;
beforeAll(async () => { world = await startPortWorld(); });
afterAll(async () => { await world.stop(); });

interface Told { type: string; sequence_number?: number; [key: string]: unknown }
async function readEvents(path: string, body: object): Promise<{ events: Told[]; text: string }> {
  const text = await (await world.ask(path, { body: { model: 'demo', stream: true, ...body } })).text();
  const events = text.split('\n\n').filter((block) => block.includes('data: ')).map((block) => JSON.parse(block.slice(block.indexOf('data: ') + 6)) as Told);
  return { events, text };
}
async function readSent(): Promise<Record<string, unknown>> {
  return (await world.engine.readState()).requests.at(-1)?.body ?? {};
}
const tool = { name: 'weather', input_schema: { type: 'object', properties: {} } };

test('Messages: thoughts, words and the end come in order, with their usage', async () => {
  const { events, text } = await readEvents('/v1/messages', { max_tokens: 9, messages: [{ role: 'user', content: 'think and say 1' }] });

  expect(events.map(({ type }) => type)).toEqual(['message_start', 'content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_delta', 'content_block_stop', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop']);
  expect(events.at(-2)).toEqual({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { input_tokens: 6, output_tokens: 3, cache_creation_input_tokens: 0, cache_read_input_tokens: 1 } });
  expect(text).toContain('event: message_start\ndata: ');
});

test('Messages: a tool is called in blocks', async () => {
  const { events } = await readEvents('/v1/messages', { max_tokens: 9, tools: [tool], messages: [{ role: 'user', content: 'call a tool' }] });
  const whole = await (await world.ask('/v1/messages', { body: { model: 'demo', max_tokens: 9, tools: [tool], messages: [{ role: 'user', content: 'call a tool' }] } })).json() as unknown;

  expect(events.find(({ type }) => type === 'content_block_start')).toEqual({ type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 'a1', name: 'weather', input: {} } });
  expect(whole).toMatchObject({ type: 'message', role: 'assistant', model: 'demo', stop_reason: 'tool_use', content: [{ type: 'tool_use', id: 'a1', name: 'weather', input: { city: 'Oslo' } }] });
});

test('Messages: every kind of block reaches the engine as a chat', async () => {
  await world.ask('/v1/messages', {
    body: {
      model: 'demo', max_tokens: 9, system: [{ type: 'text', text: 'Be kind.' }], stop_sequences: ['X'], tools: [tool], tool_choice: { type: 'any' },
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Look' }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }] },
        { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: 's' }, { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Oslo' } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: '12 degrees' }] }, { type: 'text', text: 'say 1' }] },
      ],
    },
  });

  expect(await readSent()).toMatchObject({
    max_tokens: 9, stop: ['X'], tool_choice: 'required', tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }],
    messages: [
      { role: 'system', content: 'Be kind.' }, { role: 'user', content: [{ type: 'text', text: 'Look' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] },
      { role: 'assistant', content: null, reasoning_content: 'hm', tool_calls: [{ id: 't1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }] },
      { role: 'tool', tool_call_id: 't1', content: '12 degrees' }, { role: 'user', content: 'say 1' },
    ],
  });
});

test('Messages: an engine that breaks off is an error event in its own shape', async () => {
  const { events } = await readEvents('/v1/messages', { max_tokens: 9, messages: [{ role: 'user', content: 'crash' }] });

  expect(events.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
});

test('Responses: events are numbered from the first to the last and end with the whole', async () => {
  const { events, text } = await readEvents('/v1/responses', { input: 'think and say 2', instructions: 'Be kind.' });
  const types = events.map(({ type }) => type);

  expect(types).toEqual([
    'response.created', 'response.in_progress',
    'response.output_item.added', 'response.content_part.added', 'response.reasoning_text.delta', 'response.reasoning_text.delta', 'response.reasoning_text.done', 'response.content_part.done', 'response.output_item.done',
    'response.output_item.added', 'response.content_part.added', 'response.output_text.delta', 'response.output_text.delta', 'response.output_text.done', 'response.content_part.done', 'response.output_item.done', 'response.completed',
  ]);
  expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
  expect(events.at(-1)?.['response']).toMatchObject({ object: 'response', status: 'completed', model: 'demo', output: [{ type: 'reasoning' }, { type: 'message', content: [{ type: 'output_text', text: 'w0 w1 ' }] }], usage: { input_tokens: 7, output_tokens: 4, total_tokens: 11 } });
  expect(text).not.toContain('[DONE]');
});

test('Responses: a conversation goes on from the one before, with tools, and can be read and forgotten', async () => {
  const first = await (await world.ask('/v1/responses', { body: { model: 'demo', input: 'call a tool', tools: [{ type: 'function', name: 'weather', parameters: {} }, { type: 'web_search' }] } })).json() as { id: string; output: { type: string; call_id: string }[] };
  await world.ask('/v1/responses', { body: { model: 'demo', previous_response_id: first.id, input: [{ type: 'function_call_output', call_id: 'a1', output: '12 degrees' }], text: { format: { type: 'json_schema', name: 'weather', schema: { type: 'object' } } } } });
  const sent = await readSent();
  const read = await world.ask(`/v1/responses/${first.id}`);
  const removed = await world.ask(`/v1/responses/${first.id}`, { method: 'DELETE' });
  const gone = await world.ask('/v1/responses', { body: { model: 'demo', previous_response_id: first.id, input: 'x' } });

  expect(first.output).toMatchObject([{ type: 'function_call', call_id: 'a1', name: 'weather', arguments: '{"city":"Oslo"}' }]);
  expect(sent).toMatchObject({
    response_format: { type: 'json_schema', json_schema: { name: 'weather', schema: { type: 'object' } } },
    messages: [{ role: 'user', content: 'call a tool' }, { role: 'assistant', tool_calls: [{ id: 'a1', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }] }, { role: 'tool', tool_call_id: 'a1', content: '12 degrees' }],
  });
  expect([read.status, removed.status, gone.status]).toEqual([200, 200, 400]);
  expect(await gone.json()).toMatchObject({ error: { code: 'previous_response_not_found', param: 'previous_response_id' } });
});

test('Responses: a failure in the middle is told as one', async () => {
  const { events } = await readEvents('/v1/responses', { input: 'closes early' });

  expect(events.at(-1)).toMatchObject({ type: 'response.failed', response: { status: 'failed', error: { code: 'engine_crashed' } } });
});

test('Ollama: a chat is lines of JSON, the last with the figures; what would reload a model is left out', async () => {
  const text = await (await world.ask('/api/chat', { body: { model: 'demo:latest', messages: [{ role: 'user', content: 'say 2' }], keep_alive: '5m', options: { num_ctx: 4, num_predict: 7, temperature: 0 } } })).text();
  const lines = text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  const sent = await readSent();

  expect(lines.map(({ message, done }) => [(message as { content: string }).content, done])).toEqual([['w0 ', false], ['w1 ', false], ['', true]]);
  expect(lines.at(-1)).toMatchObject({ model: 'demo:latest', done_reason: 'stop', prompt_eval_count: 7, eval_count: 2 });
  expect([sent['max_tokens'], sent['temperature'], sent['num_ctx'], sent['keep_alive']]).toEqual([7, 0, undefined, undefined]);
  expect(world.slots.kept.at(-1)).toBe(300);
});

test('Ollama: lists, versions, vectors, loading and unloading', async () => {
  const ask = async (path: string, body?: object): Promise<unknown> => (await world.ask(path, body === undefined ? {} : { body })).json() as Promise<unknown>;

  expect(await ask('/api/tags')).toMatchObject({ models: [{ name: 'demo' }, { name: 'org/model:Q4_K_M' }] });
  expect(await ask('/api/version')).toEqual({ version: expect.any(String) as string });
  expect(await ask('/api/embed', { model: 'demo', input: ['a', 'b'] })).toMatchObject({ embeddings: [[0.25, -1, 2], [0.25, -1, 2]], prompt_eval_count: 8 });
  expect(await ask('/api/embeddings', { model: 'demo', prompt: 'a' })).toEqual({ embedding: [0.25, -1, 2] });
  expect(await ask('/api/generate', { model: 'demo', keep_alive: 0 })).toMatchObject({ done: true, done_reason: 'unload' });
  expect(await ask('/api/ps')).toEqual({ models: [] });
  expect(await ask('/api/chat', { model: 'demo' })).toMatchObject({ done: true, done_reason: 'load' });
  expect(await ask('/api/generate', { model: 'demo', prompt: 'say 1', stream: false })).toMatchObject({ response: 'w0 ', done: true });
});
