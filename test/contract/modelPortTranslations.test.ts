import { afterAll, beforeAll, expect, test } from 'vitest';
import { aConfig, startPortWorld, type PortWorld } from '../support/portWorld.ts';
import { waitFor } from '../support/waitFor.ts';

let world: PortWorld;
beforeAll(async () => {
  world = await startPortWorld();
  world.configs.push(aConfig({ name: 'elsewhere', model: null, engine: 'external', external: { baseUrl: 'https://x.test/v1', keyVariable: null, model: null } }));
});
afterAll(async () => { await world.stop(); });

const ask = async (path: string, body: object): Promise<{ status: number; answer: Record<string, unknown> }> => {
  const response = await world.ask(path, { body: { model: 'demo', stream: false, ...body } });
  return { status: response.status, answer: await response.json() as Record<string, unknown> };
};
const readSent = async (path: string, body: object): Promise<Record<string, unknown>> => {
  expect(await ask(path, body)).toMatchObject({ status: 200 });
  return (await world.engine.readState()).requests.at(-1)?.body ?? {};
};
const readProblem = async (path: string, body: object): Promise<unknown[]> => {
  const { status, answer } = await ask(path, body);
  const { param, code } = answer['error'] as { param?: unknown; code?: unknown };
  return [status, code, param];
};
const OWN = ['model', 'stream', 'stream_options'];
const words = [{ role: 'user', content: 'say 1' }];
const thought = { role: 'assistant', content: 'w0' };

test.each<[string, string, object, object]>([
  ['Messages', '/v1/messages', { max_tokens: 9, thinking: { type: 'enabled', budget_tokens: 1024 }, messages: [...words, { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: 's' }, { type: 'text', text: 'w0' }] }, ...words] }, { max_tokens: 9, messages: [...words, thought, ...words] }],
  ['Messages with an effort', '/v1/messages', { max_tokens: 9, output_config: { effort: 'max' }, messages: words }, { max_tokens: 9, reasoning_effort: 'high', messages: words }],
  ['Responses', '/v1/responses', { max_output_tokens: 9, reasoning: { effort: 'low' }, parallel_tool_calls: true, tool_choice: 'auto', input: [{ type: 'reasoning', id: 'rs_1', summary: [], content: [{ type: 'reasoning_text', text: 'hm' }] }, { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'w0' }] }, ...words] }, { max_tokens: 9, reasoning_effort: 'low', messages: [thought, ...words] }],
  ['Ollama', '/api/chat', { think: 'low', options: { num_predict: 9 }, messages: [...words, { ...thought, thinking: 'hm' }, ...words] }, { max_tokens: 9, reasoning_effort: 'low', messages: [...words, thought, ...words] }],
  ['Ollama\'s raw text', '/api/generate', { raw: true, prompt: 'say 1', think: true, options: { num_predict: 9 } }, { max_tokens: 9, prompt: 'say 1' }],
])('a service elsewhere gets nothing of %s that it does not know', async (_what, path, body, expected) => {
  const sent = await readSent(path, { ...body, model: 'elsewhere' });

  expect(Object.fromEntries(Object.entries(sent).filter(([name]) => !OWN.includes(name)))).toEqual(expected);
});

test('an engine of this machine is told how to think in the words of its templates, and remembers its thoughts', async () => {
  expect(await readSent('/v1/messages', { max_tokens: 9, thinking: { type: 'enabled', budget_tokens: 1024 }, messages: words })).toMatchObject({ max_tokens: 9, chat_template_kwargs: { enable_thinking: true }, thinking_budget_tokens: 1024 });
  expect(await readSent('/v1/responses', { reasoning: { effort: 'none' }, input: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] }, { type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' }, { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_text', text: 'seen' }, { type: 'input_image', image_url: 'data:image/png;base64,AAAA' }] }, ...words] })).toMatchObject({
    chat_template_kwargs: { enable_thinking: false }, reasoning_effort: 'none',
    messages: [{ role: 'assistant', content: null, reasoning_content: 'hm', tool_calls: [{ id: 'a' }] }, { role: 'tool', tool_call_id: 'a', content: 'seen' }, { role: 'user', content: [{ type: 'image_url' }, { type: 'text', text: 'say 1' }] }],
  });
});

test('Responses: items that are only named are those that were said, to whom they were said', async () => {
  const first = await ask('/v1/responses', { input: 'think and say 1' });
  const [reasoning, message] = first.answer['output'] as { id: string }[];
  const named = [{ role: 'user', content: 'think and say 1' }, { type: 'item_reference', id: reasoning?.id }, { id: message?.id }];
  const sent = await readSent('/v1/responses', { input: [...named, ...words] });
  const { secret } = world.keys.create({ name: 'another' });
  const stranger = await world.ask('/v1/responses', { headers: { authorization: `Bearer ${secret}` }, body: { model: 'demo', input: named } });

  expect(sent['messages']).toEqual([{ role: 'user', content: 'think and say 1' }, { role: 'assistant', content: 'w0 ', reasoning_content: 'hm, yes' }, { role: 'user', content: 'say 1' }]);
  expect([stranger.status, await stranger.json()]).toMatchObject([400, { error: { code: 'item_not_found', param: 'input' } }]);
});

test('Responses: what was said until the client broke off is known by its id', async () => {
  const abort = new AbortController();
  const response = await world.ask('/v1/responses', { body: { model: 'demo', stream: true, input: 'hang after 2' }, signal: abort.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  await waitFor(async () => { text += (await reader?.read())?.value ?? ''; return text.includes('w1'); });
  abort.abort();
  await waitFor(() => world.book.list().length === 0);
  const id = /"item_id":"(msg_[^"]+)"/.exec(text)?.[1];

  expect((await readSent('/v1/responses', { input: [{ type: 'item_reference', id }, ...words] }))['messages']).toEqual([{ role: 'assistant', content: 'w0 w1 ' }, ...words]);
});

const said = (...content: object[]) => ({ max_tokens: 9, messages: [{ role: 'user', content }] });
test.each<[string, string, object, unknown]>([
  ['an item that nobody said', '/v1/responses', { input: [{ type: 'item_reference', id: 'msg_none' }] }, [400, 'item_not_found', 'input']],
  ['an item of a tool elsewhere', '/v1/responses', { input: [{ type: 'web_search_call', id: 'ws_1' }] }, [400, 'invalid_request', 'input']],
  ['an item that is none', '/v1/responses', { input: ['say 1'] }, [400, 'invalid_request', 'input']],
  ['a file', '/v1/responses', { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] }, [400, 'invalid_request', 'input']],
  ['a picture in a file', '/v1/responses', { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }] }, [400, 'invalid_request', 'input']],
  ['a picture of the model\'s own', '/v1/responses', { input: [{ role: 'assistant', content: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }] }] }, [400, 'invalid_request', 'input']],
  ['a conversation', '/v1/responses', { input: 'x', conversation: 'conv_1' }, [400, 'invalid_request', 'conversation']],
  ['a prompt that is kept elsewhere', '/v1/responses', { input: 'x', prompt: { id: 'pmpt_1' } }, [400, 'invalid_request', 'prompt']],
  ['the chances of tokens', '/v1/responses', { input: 'x', top_logprobs: 3 }, [400, 'invalid_request', 'top_logprobs']],
  ['a tool elsewhere as the only choice', '/v1/responses', { input: 'x', tool_choice: { type: 'web_search' } }, [400, 'invalid_request', 'tool_choice']],
  ['a PDF', '/v1/messages', said({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } }), [400, undefined, undefined]],
  ['a picture in a file', '/v1/messages', said({ type: 'image', source: { type: 'file', file_id: 'f' } }), [400, undefined, undefined]],
  ['a block of another kind', '/v1/messages', said({ type: 'container_upload', file_id: 'f' }), [400, undefined, undefined]],
  ['a choice of a tool elsewhere', '/v1/messages', { ...said({ type: 'text', text: 'x' }), tools: [{ type: 'web_search_20250305', name: 'web_search' }], tool_choice: { type: 'tool', name: 'web_search' } }, [400, undefined, undefined]],
  ['servers of tools', '/v1/messages', { ...said({ type: 'text', text: 'x' }), mcp_servers: [{ url: 'https://x.test' }] }, [400, undefined, undefined]],
])('what would vanish without a word is refused: %s', async (_what, path, body, expected) => {
  expect(await readProblem(path, body)).toEqual(expected);
});

test.each<[string, string, object, object]>([
  ['tools that alone may be called', '/v1/responses', { input: 'say 1', text: { verbosity: 'low', format: { type: 'json_schema', name: 'a', description: 'd', schema: {} } }, tools: [{ type: 'function', name: 'a' }, { type: 'function', name: 'b', strict: true }], tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'b' }] }, parallel_tool_calls: false },
    { tools: [{ type: 'function', function: { name: 'b', strict: true } }], tool_choice: 'required', parallel_tool_calls: false, verbosity: 'low', response_format: { type: 'json_schema', json_schema: { name: 'a', description: 'd' } } }],
  ['a refusal and a sound', '/v1/responses', { input: [{ role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }, { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }, { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' }] }] },
    { messages: [{ role: 'assistant', content: 'No.' }, { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } }] }] }],
  ['a document of text', '/v1/messages', { ...said({ type: 'document', source: { type: 'text', data: 'one' } }, { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'two' }] } }) }, { messages: [{ role: 'user', content: 'one\ntwo' }] }],
  ['what Anthropic\'s clients say of tools', '/v1/messages', { ...said({ type: 'text', text: 'say 1' }), top_k: 5, stop_sequences: ['X'], tools: [{ name: 'a', input_schema: {} }, { type: 'web_search_20250305', name: 'web_search' }], tool_choice: { type: 'auto', disable_parallel_tool_use: true }, output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } } },
    { top_k: 5, stop: ['X'], tools: [{ function: { name: 'a' } }], tool_choice: 'auto', parallel_tool_calls: false, reasoning_effort: 'low', response_format: { json_schema: { schema: { type: 'object' } } } }],
  ['Ollama\'s options', '/api/chat', { messages: [...words, { role: 'tool', content: 'seen', images: ['AAAA'] }], format: { type: 'object' }, options: { top_k: 5, typical_p: 0.5, repeat_last_n: 9, mirostat: 2, num_keep: 4, stop: ['X'] } },
    { top_k: 5, typical_p: 0.5, repeat_last_n: 9, mirostat: 2, n_keep: 4, stop: ['X'], response_format: { json_schema: { schema: { type: 'object' } } }, messages: [{ role: 'user' }, { role: 'tool', content: 'seen' }, { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }] }],
])('nothing vanishes on the way to an engine: %s', async (_what, path, body, expected) => {
  expect(await readSent(path, body)).toMatchObject(expected);
});

test.each([
  ['a template', '/api/generate', { template: '{{ .Prompt }}' }], ['tokens of before', '/api/generate', { context: [1, 2] }], ['pictures that are none', '/api/generate', { images: [5] }],
  ['a prompt that is no text', '/api/generate', { prompt: [{ text: 'x' }] }], ['a message that is no text', '/api/chat', { messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] }], ['a message that is none', '/api/chat', { messages: ['x'] }],
  ['functions of old', '/v1/chat/completions', { messages: words, functions: [{ name: 'a' }] }],
])('%s is refused', async (_what, path, body) => {
  expect((await ask(path, { prompt: 'say 1', ...body })).status).toBe(400);
});

test('vectors are as short as was asked, of length 1', async () => {
  const { answer } = await ask('/v1/embeddings', { input: 'a', dimensions: 2 });
  const ollama = await ask('/api/embed', { input: 'a', dimensions: 1 });

  const norm = Math.hypot(0.25, -1);
  expect(answer).toMatchObject({ data: [{ embedding: [0.25 / norm, -1 / norm] }] });
  expect(ollama.answer).toMatchObject({ embeddings: [[1]] });
});
