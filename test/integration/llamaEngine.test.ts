import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeLargerGguf, makeTinyGguf, makeTinyLora, makeToolCallingGguf, TINY_ANSWER, TINY_LORA_ANSWER } from '../fakes/models/makeTinyGguf.ts';
import { aLaunch, LlamaWorld, type EngineAnswer, type StartedEngine } from '../support/llamaWorld.ts';
import { waitFor } from '../support/waitFor.ts';

let world: LlamaWorld;
let engine: StartedEngine;
let looping: StartedEngine;

beforeAll(async () => {
  world = new LlamaWorld();
  makeTinyGguf(world.path('tiny.gguf'));
  makeTinyGguf(world.path('loop.gguf'), { isLooping: true });
  engine = await world.start(world.embedded, aLaunch({ modelPath: world.path('tiny.gguf') })).whenReady();
  looping = await world.start(world.embedded, aLaunch({ modelPath: world.path('loop.gguf'), contextTokens: 16_384 })).whenReady();
});
afterAll(() => world.dispose());

const first = (answer: EngineAnswer): Record<string, unknown> => (answer.json?.['choices'] as Record<string, unknown>[])[0] ?? {};
const contentOf = (answer: EngineAnswer): unknown => (first(answer)['message'] as { content: unknown } | undefined)?.content;
const deltasOf = ({ events }: EngineAnswer): Record<string, unknown>[] => events.flatMap((event) => (event['choices'] as { delta: Record<string, unknown> }[]).map(({ delta }) => delta));
const joined = (answer: EngineAnswer, field: string): string => deltasOf(answer).map((delta) => delta[field] as string | undefined ?? '').join('');
const callsOf = (answer: EngineAnswer): object[] => (first(answer)['message'] as { tool_calls?: { function: object }[] }).tool_calls?.map((call) => call.function) ?? [];

test('a chat is answered with the model\'s own words, its usage and its timings', async () => {
  const answer = await engine.chat({ temperature: 0 });

  expect(contentOf(answer)).toBe(TINY_ANSWER);
  expect(first(answer)['finish_reason']).toBe('stop');
  expect(answer.json?.['usage']).toMatchObject({ prompt_tokens: 21, completion_tokens: 34, total_tokens: 55 });
  expect(answer.json?.['timings']).toMatchObject({ predicted_n: 34 });
});

test('a stream begins with the role, ends with a reason and tells the usage when it is asked for', async () => {
  const answer = await engine.chat({ stream: true, max_tokens: 3, stream_options: { include_usage: true } });

  const choices = answer.events.map((event) => (event['choices'] as Record<string, unknown>[])[0]);
  expect(deltasOf(answer)).toEqual([{ role: 'assistant', content: '' }, { content: 'Hello' }, { content: ' from' }, { content: ' the' }, {}]);
  expect(choices.map((choice) => choice?.['finish_reason'])).toEqual([null, null, null, null, 'length', undefined]);
  expect(answer.events.map((event) => event['usage']).slice(0, -1)).toEqual([null, null, null, null, null]);
  expect(answer.events.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 21, completion_tokens: 3 } });
  expect(answer.text.endsWith('data: [DONE]\n\n')).toBe(true);
});

test('words that come very fast go together, and each event says of how many pieces it is', async () => {
  const options = { max_tokens: 300, temperature: 0, ignore_eos: true };
  const whole = await looping.chat(options);
  const streamed = await looping.chat({ ...options, stream: true });

  const counts = streamed.text.split('\n\n').filter((block) => /"content":"[^"]/.test(block)).map((block) => Number(/^pieces: (\d+)$/m.exec(block)?.[1] ?? 1));
  expect(joined(streamed, 'content')).toBe(contentOf(whole));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(300);
  expect(counts.length).toBeLessThan(150);
});

test('a stop text ends the answer before it, wherever the pieces are cut', async () => {
  const answer = await engine.chat({ stop: ['y Whee', 'never'] });

  expect({ content: contentOf(answer), reason: first(answer)['finish_reason'] }).toEqual({ content: 'Hello from the tin', reason: 'stop' });
});

test('the same seed gives the same answer, and each of several answers counts', async () => {
  const ask = async (seed: number): Promise<unknown> => contentOf(await engine.chat({ seed, temperature: 5, top_k: 0, top_p: 1, min_p: 0, max_tokens: 12 }));
  const [one, again, other] = [await ask(7), await ask(7), await ask(8)];
  const several = await engine.chat({ n: 3, max_tokens: 4 });

  expect({ isSame: one === again, isOther: one !== other }).toEqual({ isSame: true, isOther: true });
  expect(several.json?.['choices']).toMatchObject([{ index: 0 }, { index: 1 }, { index: 2 }]);
  expect(several.json?.['usage']).toMatchObject({ prompt_tokens: 21, completion_tokens: 12 });
});

test('an answer in JSON keeps to its schema, also one with references and choices', async () => {
  const schema = { type: 'object', properties: { name: { $ref: '#/$defs/short' }, size: { anyOf: [{ type: 'integer' }, { type: 'null' }] } }, required: ['name', 'size'], $defs: { short: { type: 'string', maxLength: 4 } } };
  const answer = await engine.chat({ response_format: { type: 'json_schema', json_schema: { name: 'thing', schema } }, temperature: 0 });
  const free = await engine.chat({ response_format: { type: 'json_object' }, temperature: 0 });

  const value = JSON.parse(String(contentOf(answer))) as { name: string; size: number | null };
  expect({ keys: Object.keys(value), isShort: value.name.length <= 4, size: value.size === null || Number.isInteger(value.size) }).toEqual({ keys: ['name', 'size'], isShort: true, size: true });
  expect(JSON.parse(String(contentOf(free)))).toBeTypeOf('object');
});

test('the chances of each token are told where they are asked for', async () => {
  const answer = await engine.chat({ logprobs: true, top_logprobs: 1, max_tokens: 2, temperature: 0 });

  const { content } = first(answer)['logprobs'] as { content: { token: string; logprob: number; bytes: number[] }[] };
  expect(content.map(({ token }) => token)).toEqual(['Hello', ' from']);
  expect(content[0]?.bytes).toEqual([...Buffer.from('Hello')]);
});

test('tools that the model calls come as calls with an id, streamed or not', async () => {
  makeToolCallingGguf(world.path('tool.gguf'));
  const caller = await world.start(world.embedded, aLaunch({ modelPath: world.path('tool.gguf'), contextTokens: 2_048 })).whenReady();
  const tools = [
    { type: 'function', function: { name: 'get_weather', description: 'Weather', parameters: { type: 'object', properties: { city: { type: 'string' }, unit: { enum: ['c', 'f'] } }, required: ['city'] } } },
    { type: 'function', function: { name: 'now' } },
  ];
  const whole = await caller.chat({ tools });
  const streamed = await caller.chat({ tools, stream: true });
  const none = await caller.chat({ tools, tool_choice: 'none' });
  const named = await caller.chat({ tools, tool_choice: { type: 'function', function: { name: 'now' } } });
  const wrong = await caller.chat({ tools, tool_choice: { type: 'function', function: { name: 'other' } } });

  expect({ calls: callsOf(whole), reason: first(whole)['finish_reason'] }).toEqual({ calls: [{ name: 'get_weather', arguments: '{"city":"Bergen"}' }], reason: 'tool_calls' });
  expect(deltasOf(streamed)).toMatchObject([{ role: 'assistant' }, { tool_calls: [{ index: 0, type: 'function', function: { name: 'get_weather', arguments: '{"city":"Bergen"}' } }] }, {}]);
  expect(contentOf(none)).toContain('<tool_call>');
  expect(callsOf(named)).toEqual([{ name: 'now', arguments: '{}' }]);
  expect({ status: wrong.status, error: wrong.json?.['error'] }).toMatchObject({ status: 400, error: { code: 'invalid_request', param: null } });
  await caller.process.stop();
});

test('the result of a tool goes back to the model; one without its call is refused', async () => {
  const call = { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'now', arguments: '{}' } }] };
  const answer = await engine.chat({ messages: [{ role: 'user', content: 'when' }, call, { role: 'tool', tool_call_id: 'call_1', content: 'noon' }], max_tokens: 2 });
  const template = await engine.call('POST', '/apply-template', { messages: [{ role: 'user', content: 'when' }, call, { role: 'tool', tool_call_id: 'call_1', content: 'noon' }] });
  const lost = await engine.chat({ messages: [{ role: 'tool', tool_call_id: 'call_9', content: 'noon' }] });

  expect(answer.status).toBe(200);
  expect(String(template.json?.['prompt'])).toMatch(/now[^]*noon/);
  expect({ status: lost.status, error: lost.json?.['error'] }).toMatchObject({ status: 400, error: { code: 'invalid_request' } });
});

test('what a model thinks comes apart from what it says', async () => {
  makeTinyGguf(world.path('think.gguf'), { answer: '<think> Let me count. </think> The answer is four.' });
  const thinker = await world.start(world.embedded, aLaunch({ modelPath: world.path('think.gguf') })).whenReady();
  const answer = await thinker.chat({ temperature: 0 });
  const streamed = await thinker.chat({ temperature: 0, stream: true });

  expect(first(answer)['message']).toEqual({ role: 'assistant', reasoning_content: 'Let me count.', content: 'The answer is four.' });
  expect(joined(streamed, 'reasoning_content')).toBe('Let me count.');
  expect(joined(streamed, 'content')).toBe('The answer is four.');
  await thinker.process.stop();
});

test('characters of several tokens arrive whole', async () => {
  const text = 'grün 日本 🦙 ok';
  makeTinyGguf(world.path('utf8.gguf'), { answer: `${text} done.` });
  const { json } = await engine.call('POST', '/tokenize', { content: text });
  const answer = await engine.call('POST', '/detokenize', { tokens: json?.['tokens'] });
  const bytes = await engine.call('POST', '/v1/completions', { prompt: json?.['tokens'], max_tokens: 1, echo: true });

  expect(answer.json?.['content']).toBe(text);
  expect(String(first(bytes)['text']).startsWith(text)).toBe(true);
});

test('completions take text, lists and tokens, with echo and streaming', async () => {
  const echo = await engine.call('POST', '/v1/completions', { prompt: 'x\n', max_tokens: 2, echo: true, temperature: 0, logprobs: 1 });
  const list = await engine.call('POST', '/v1/completions', { prompt: ['x\n', 'y\n'], max_tokens: 1, temperature: 0 });
  const tokens = await engine.call('POST', '/v1/completions', { prompt: [[13], [13]], max_tokens: 1, temperature: 0, stream: true });
  const suffix = await engine.call('POST', '/v1/completions', { prompt: 'a', suffix: 'b' });

  expect(first(echo)).toMatchObject({ text: 'x\nHello from', finish_reason: 'length', logprobs: { tokens: ['Hello', ' from'], text_offset: [2, 7] } });
  expect(list.json).toMatchObject({ choices: [{ index: 0, text: 'Hello' }, { index: 1, text: 'Hello' }], usage: { completion_tokens: 2 } });
  expect(tokens.events.flatMap((event) => event['choices'] as { text: string }[]).map(({ text }) => text).join('')).toBe('HelloHello');
  expect({ status: suffix.status, error: suffix.json?.['error'] }).toMatchObject({ status: 400, error: { code: 'unsupported' } });
});

test('embeddings have length 1, as numbers and as base64', async () => {
  const numbers = await engine.call('POST', '/v1/embeddings', { input: ['one', 'two'] });
  const packed = await engine.call('POST', '/v1/embeddings', { input: 'one', encoding_format: 'base64' });

  const [one, two] = (numbers.json?.['data'] as { embedding: number[] }[]).map(({ embedding }) => embedding);
  const text = (packed.json?.['data'] as { embedding: string }[])[0]?.embedding ?? '';
  const floats = [...new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer)];
  expect(Math.hypot(...one ?? [])).toBeCloseTo(1, 5);
  expect({ isOther: JSON.stringify(one) !== JSON.stringify(two), length: one?.length }).toEqual({ isOther: true, length: 64 });
  expect(floats.map((value) => value.toFixed(5))).toEqual(one?.map((value) => value.toFixed(5)));
  expect(numbers.json?.['usage']).toEqual({ prompt_tokens: 8, total_tokens: 8 });
});

test('a prompt that does not fit is refused with its numbers', async () => {
  const answer = await engine.chat({ messages: [{ role: 'user', content: 'word '.repeat(600) }] });

  expect({ status: answer.status, error: answer.json?.['error'] }).toMatchObject({ status: 400, error: { code: 'context_length_exceeded', param: null, n_ctx: 1_024, n_prompt_tokens: expect.any(Number) as number } });
});

test.each([
  ['/v1/chat/completions', (text: string) => ({ messages: [{ role: 'user', content: text }] }), 1_024],
  ['/v1/completions', (text: string) => ({ prompt: text }), 1_024],
  ['/v1/embeddings', (text: string) => ({ input: ['short', text] }), 1_024],
  ['/apply-template', (text: string) => ({ messages: [{ role: 'user', content: text }] }), 262_144],
  ['/tokenize', (text: string) => ({ content: text }), 262_144],
] as const)('a text of many megabytes is refused by %s before it is read whole', async (path, toBody, n_ctx) => {
  const answer = await engine.call('POST', path, toBody('word '.repeat(2_000_000)));

  expect({ status: answer.status, error: answer.json?.['error'] }).toMatchObject({ status: 400, error: { code: 'context_length_exceeded', n_ctx, n_prompt_tokens: expect.any(Number) as number } });
});

test('a chat that does not fit can still be counted', async () => {
  const template = await engine.call('POST', '/apply-template', { messages: [{ role: 'user', content: 'word '.repeat(4_000) }] });
  const counted = await engine.call('POST', '/tokenize', { content: template.json?.['prompt'], add_special: true, parse_special: true });

  expect([template.status, counted.status]).toEqual([200, 200]);
  expect((counted.json?.['tokens'] as unknown[]).length).toBeGreaterThan(1_024);
});

test('an answer ends where the context does', async () => {
  makeTinyGguf(world.path('small.gguf'), { isLooping: true });
  const small = await world.start(world.embedded, aLaunch({ modelPath: world.path('small.gguf'), contextTokens: 256, slots: 1 })).whenReady();
  const answer = await small.chat({});

  const { prompt_tokens: prompt, completion_tokens: completion } = answer.json?.['usage'] as { prompt_tokens: number; completion_tokens: number };
  expect({ reason: first(answer)['finish_reason'], isWithin: prompt + completion <= 256, isFull: prompt + completion > 250 }).toEqual({ reason: 'length', isWithin: true, isFull: true });
  await small.process.stop();
});

test('the next turn of a conversation finds what was read before, in the slot that knows it', async () => {
  const messages = [{ role: 'user', content: `Remember: ${'apples and pears, '.repeat(10)}` }];
  const opening = await engine.chat({ messages, temperature: 0 });
  await engine.chat({ messages: [{ role: 'user', content: 'something else' }], temperature: 0 });
  const next = await engine.chat({ messages: [...messages, { role: 'assistant', content: TINY_ANSWER }, { role: 'user', content: 'and now?' }], temperature: 0 });

  const { prompt_tokens: openingTokens } = opening.json?.['usage'] as { prompt_tokens: number };
  const { prompt_tokens_details: { cached_tokens: cached } } = next.json?.['usage'] as { prompt_tokens_details: { cached_tokens: number } };
  expect(cached).toBeGreaterThanOrEqual(openingTokens);
});

test('many answers run side by side and each is right', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => engine.chat({ messages: [{ role: 'user', content: `question ${index}` }], temperature: 0, stream: index % 2 === 0 })));

  const texts = answers.map((answer) => (answer.json ? contentOf(answer) : joined(answer, 'content')));
  expect(texts).toEqual(Array.from({ length: 8 }, () => TINY_ANSWER));
  expect(await engine.countBusySlots()).toBe(0);
});

test.each([{ stream: true }, { stream: false }])('a client that goes away frees its slot at once, stream $stream', async ({ stream }) => {
  const abort = new AbortController();
  const asking = looping.chat({ stream }, { signal: abort.signal }).catch(() => 'broken off');
  await waitFor(async () => await looping.countBusySlots() === 1);

  abort.abort();
  const startedAt = performance.now();
  await waitFor(async () => await looping.countBusySlots() === 0, { everyMs: 5, timeoutMs: 15_000 });
  const tookMs = performance.now() - startedAt;

  expect(await asking).toBe('broken off');
  expect(tookMs).toBeLessThan(1_000);
});

test('a client that goes away while its long prompt is read frees its slot soon', async () => {
  makeLargerGguf(world.path('larger.gguf'));
  const larger = await world.start(world.embedded, aLaunch({ modelPath: world.path('larger.gguf'), contextTokens: 8_192, slots: 1 })).whenReady();
  const abort = new AbortController();
  const asking = larger.chat({ messages: [{ role: 'user', content: 'word '.repeat(1_500) }] }, { signal: abort.signal }).catch(() => 'broken off');
  await waitFor(async () => await larger.countBusySlots() === 1);

  abort.abort();
  const startedAt = performance.now();
  await waitFor(async () => await larger.countBusySlots() === 0, { everyMs: 5, timeoutMs: 15_000 });

  expect(await asking).toBe('broken off');
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  await larger.process.stop();
});

test('an adapter and a template of the user\'s own change the answer', async () => {
  makeTinyLora(world.path('lora.gguf'));
  const adapted = await world.start(world.embedded, aLaunch({
    modelPath: world.path('tiny.gguf'), adapters: [{ path: world.path('lora.gguf'), scale: 1 }],
    settings: { chatTemplate: "{%- for message in messages %}{{- '[' + message.role + ']\\n' + message.content + '\\n' }}{%- endfor %}" },
  })).whenReady();
  const answer = await adapted.chat({ temperature: 0 });
  const template = await adapted.call('POST', '/apply-template', { messages: [{ role: 'user', content: 'hi' }] });

  expect(contentOf(answer)).toBe(TINY_LORA_ANSWER);
  expect(String(template.json?.['prompt'])).toContain('[user]\nhi');
  await adapted.process.stop();
});

test('facts are told as llama-server tells them', async () => {
  const props = await engine.call('GET', '/props');
  const slots = await engine.call('GET', '/slots');
  const health = await engine.call('GET', '/health');

  expect(props.json).toMatchObject({ total_slots: 2, default_generation_settings: { n_ctx: 1_024 }, model_alias: 'tiny' });
  expect(JSON.parse(slots.text)).toMatchObject([{ id: 0, n_ctx: 1_024, is_processing: false }, { id: 1 }]);
  expect(health.json).toEqual({ status: 'ok' });
});

test('what is not a request gets an error in the usual shape', async () => {
  const notJson = await engine.call('POST', '/v1/chat/completions', '{"messages": [');
  const empty = await engine.chat({ messages: [] });
  const image = await engine.chat({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }] });
  const missing = await engine.call('GET', '/v1/nothing');
  const token = await engine.call('POST', '/v1/completions', { prompt: [999_999] });

  const codes = [notJson, empty, image, missing, token].map(({ status, json }) => [status, (json?.['error'] as { code: string }).code]);
  expect(codes).toEqual([[400, 'invalid_json'], [400, 'invalid_request'], [400, 'unsupported_content'], [404, 'not_found'], [400, 'invalid_request']]);
});

test.each([{ temperature: 0 }, { temperature: 0, stream: true, stream_options: { include_usage: true } }, { temperature: 0, logprobs: true, top_logprobs: 1 }])('an answer goes on past the model\'s own end where that is to be ignored: %o', async (options) => {
  const chat = await engine.chat({ ...options, max_tokens: 90, ignore_eos: true });
  const reason = (answer: EngineAnswer): unknown => answer.json ? first(answer)['finish_reason'] : answer.events.map((event) => (event['choices'] as Record<string, unknown>[])[0]?.['finish_reason']).find((one) => typeof one === 'string');

  expect({ reason: reason(chat), usage: chat.json?.['usage'] ?? chat.events.at(-1)?.['usage'] }).toMatchObject({ reason: 'length', usage: { completion_tokens: 90 } });
});

test('a completion goes on past the model\'s own end to the end of the context', async () => {
  const answer = await engine.call('POST', '/v1/completions', { prompt: 'x\n', temperature: 0, ignore_eos: true });

  const { prompt_tokens: prompt, completion_tokens: completion } = answer.json?.['usage'] as { prompt_tokens: number; completion_tokens: number };
  expect({ reason: first(answer)['finish_reason'], isFull: prompt + completion > 1_018, isWithin: prompt + completion <= 1_024 }).toEqual({ reason: 'length', isFull: true, isWithin: true });
});
