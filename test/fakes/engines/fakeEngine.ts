import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A stand-in for an engine, as a program: speaks llama-server's HTTP and does what the last user message says, such as
 * `say 5`, `hang after 3`, `garbage`, `error context`. Prints its address; ends with its standard input.
 */
interface Asked { messages?: { role: string; content: unknown }[]; prompt?: unknown; input?: unknown; stream?: boolean; tools?: unknown[]; n?: number; documents?: unknown[]; content?: string; encoding_format?: string; [key: string]: unknown }

const state = { running: 0, aborted: 0, requests: [] as { path: string; body: unknown; headers: Record<string, unknown> }[] };

const server = createServer((request, response) => { handle(request, response).catch(() => { response.destroy(); }); });
server.keepAliveTimeout = 5_000;
const place = process.argv[2];
if (place?.startsWith('/')) server.listen(place, () => { console.log(place); });
else server.listen(0, '127.0.0.1', () => { const address = server.address(); console.log(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`); });
process.stdin.resume();
process.stdin.on('end', () => { process.exit(0); });

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://engine');
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const bytes = Buffer.concat(pieces);
  if (url.pathname === '/test/state') { json(response, 200, state); return; }
  const isForm = request.headers['content-type']?.startsWith('multipart/') === true;
  const body = bytes.length === 0 || isForm ? {} : JSON.parse(bytes.toString()) as Asked;
  state.requests.push({ path: request.url ?? '', body: toKept(bytes, body, isForm), headers: request.headers });
  state.running += 1;
  response.on('close', () => { state.running -= 1; if (!response.writableFinished) state.aborted += 1; });
  await answer(url, body, response);
}

async function answer({ pathname, search }: URL, body: Asked, response: ServerResponse): Promise<void> {
  if (pathname === '/v1/chat/completions') await generate('chat', body, response);
  else if (pathname === '/v1/completions') await generate('text', body, response);
  else if (pathname === '/infill') infill(body, response);
  else json(response, 200, ANSWERS[pathname]?.(body) ?? { path: `${pathname}${search}` });
}

/** The long strings of a body, by their hashes. */
function listLong(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 100_000 ? [createHash('sha256').update(value).digest('hex')] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(listLong) : [];
}

function toKept(bytes: Buffer, body: Asked, isForm: boolean): unknown {
  if (bytes.length > 100_000) return { length: bytes.length, ...(!isForm && { strings: listLong(body) }) };
  return isForm ? bytes.toString('latin1') : body;
}

const ANSWERS: Record<string, (body: Asked) => unknown> = {
  '/v1/embeddings': embed,
  '/v1/rerank': ({ documents = [] }) => ({ object: 'list', results: documents.map((text, index) => ({ index, relevance_score: String(text).length })), usage: { prompt_tokens: 11, total_tokens: 11 } }),
  '/tokenize': ({ content = '' }) => ({ tokens: content.split(/\s+/).filter(Boolean).map((_, index) => index) }),
  '/detokenize': () => ({ content: 'words' }),
  '/apply-template': ({ messages = [] }) => ({ prompt: messages.map(({ role, content }) => `<${role}> ${String(content)}`).join('\n') }),
  '/props': () => ({ default_generation_settings: { n_ctx: 2048 }, total_slots: 4 }),
  '/slots': () => [{ id: 0, n_ctx: 2048, is_processing: false }],
  '/completion': answerNatively,
  '/lora-adapters': () => [{ id: 0, path: 'a.gguf', scale: 1 }],
  '/v1/audio/transcriptions': () => ({ text: 'heard' }),
};

/** As llama-server v0.4.0 does: an answer for each prompt, which says the prompt again, with the fields that were asked for. */
function answerNatively({ prompt, response_fields: fields }: Asked): unknown {
  const answers = (Array.isArray(prompt) ? prompt : [prompt]).map((one, index): Record<string, unknown> => ({ index, content: 'native', tokens_predicted: 3, tokens_evaluated: 7, generation_settings: {}, prompt: one as unknown, tokens_cached: 9, timings: { cache_n: 2 } }));
  const asked = answers.map((answer) => (Array.isArray(fields) ? Object.fromEntries(fields.filter((name): name is string => String(name) in answer).map((name) => [name, answer[name]])) : answer));
  return asked.length === 1 ? asked[0] : asked;
}

function infill({ input_prefix: prefix, input_suffix: suffix }: Asked, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const words = [`${String(prefix)}…`, String(suffix)].map((content, at) => ({ index: 0, content, stop: false, tokens_predicted: at + 1, tokens_evaluated: 7 }));
  const last = { index: 0, content: '', stop: true, stop_type: 'limit', tokens_predicted: 2, tokens_evaluated: 7, timings: { cache_n: 4 } };
  response.end([...words, last].map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
}

function embed({ input, encoding_format: format }: Asked): unknown {
  const inputs = Array.isArray(input) && typeof input[0] !== 'number' ? input : [input];
  const vector = [0.25, -1, 2];
  const base64 = Buffer.from(new Float32Array(vector).buffer).toString('base64');
  return { object: 'list', data: inputs.map((_, index) => ({ object: 'embedding', index, embedding: format === 'base64-native' ? base64 : vector })), usage: { prompt_tokens: 4 * inputs.length, total_tokens: 4 * inputs.length } };
}

function readOrder(body: Asked): string {
  const last = body.messages?.at(-1)?.content ?? body.prompt ?? '';
  return typeof last === 'string' ? last : JSON.stringify(last);
}

const ERRORS: Record<string, [number, unknown]> = {
  context: [400, { error: { code: 400, message: 'the request exceeds the available context size', type: 'exceed_context_size_error', n_prompt_tokens: 9000, n_ctx: 2048 } }],
  malformed: [500, { error: { code: 500, message: '[json.exception.type_error.302] type must be string, but is number', type: 'server_error' } }],
  loading: [503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }],
  vllm: [400, { object: 'error', message: 'temperature must be non-negative', type: 'BadRequestError', param: 'temperature', code: 400 }],
  ollama: [404, { error: 'model "x" not found' }],
  picture: [500, { error: { code: 500, message: 'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj', type: 'server_error' } }],
  letters: [500, { error: { code: 500, message: 'Invalid base64 value', type: 'server_error' } }],
  html: [500, '<html>oops</html>'],
};

async function generate(kind: 'chat' | 'text', body: Asked, response: ServerResponse): Promise<void> {
  const order = readOrder(body);
  const failure = /error (\w+)/.exec(order)?.[1];
  if (failure !== undefined && failure in ERRORS) { const [status, value] = ERRORS[failure] ?? [500, '']; json(response, status, value); return; }
  if (order.includes('not a stream')) { json(response, 200, { id: 'chatcmpl-w', object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content: 'whole' }, finish_reason: 'stop' }], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } }); return; }
  if (order.includes('prefill for ever')) { await new Promise((resolve) => { response.on('close', resolve); }); return; }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  await stream(new Teller(kind, response), order, body);
}

class Teller {
  readonly kind: 'chat' | 'text';
  readonly response: ServerResponse;
  count = 0;

  constructor(kind: 'chat' | 'text', response: ServerResponse) {
    this.kind = kind;
    this.response = response;
  }

  frame(choice: object, rest: object = {}): string {
    return `data: ${JSON.stringify({ id: 'chatcmpl-engine', object: 'x', created: 1, model: '/models/secret.gguf', choices: [choice], ...rest })}\n\n`;
  }

  async say(text: string, index = 0): Promise<void> {
    this.count += 1;
    await this.write(this.frame({ index, ...(this.kind === 'chat' ? { delta: { content: text } } : { text }), finish_reason: null }, { timings: { prompt_n: 6, cache_n: 1, predicted_n: this.count } }));
  }

  async end(finishReason: string | null = 'stop', index = 0): Promise<void> {
    await this.write(this.frame({ index, ...(this.kind === 'chat' ? { delta: {} } : { text: '' }), finish_reason: finishReason }));
  }

  async close(): Promise<void> {
    await this.write(`data: ${JSON.stringify({ id: 'chatcmpl-engine', choices: [], usage: { prompt_tokens: 7, completion_tokens: this.count, total_tokens: 7 + this.count }, timings: { prompt_n: 6, cache_n: 1 } })}\n\ndata: [DONE]\n\n`);
    this.response.end();
  }

  async write(bytes: string | Buffer): Promise<void> {
    if (this.response.destroyed) throw new Error('gone');
    if (!this.response.write(bytes)) await Promise.race([new Promise((resolve) => { this.response.once('drain', resolve); }), new Promise((resolve) => { this.response.once('close', resolve); })]);
  }
}

type Order = (teller: Teller, order: string, body: Asked) => Promise<void>;

/** The first whose words are in the order is carried out. */
const ORDERS: readonly [string, Order][] = [
  ['hang after', async (teller, order) => { await say(teller, Number(/hang after (\d+)/.exec(order)?.[1])); await new Promise((resolve) => { teller.response.on('close', resolve); }); }],
  ['crash', async (teller) => { await teller.say('half '); await delay(50); teller.response.destroy(); }],
  ['closes early', async (teller) => { await teller.say('half '); teller.response.end(); }],
  ['garbage', async ({ response }) => { response.end('data: {"choices": [{]\n\n'); }],
  ['breaks at once', async ({ response }) => { response.end('error: {"code":500,"message":"slot failed","type":"server_error"}\n\n'); }],
  ['error midway', async (teller) => { await teller.say('half '); teller.response.end('error: {"code":500,"message":"slot failed","type":"server_error"}\n\n'); }],
  ['without end', async (teller) => { for (;;) { await teller.say('on and on '); await delay(1); } }],
  ['unfinished', async (teller) => { await teller.say('no end'); await teller.close(); }],
  ['cut letters', async (teller) => { await sayCut(teller); await teller.end(); await teller.close(); }],
  ['call a tool', callTools],
  ['think', async (teller, order, body) => { await think(teller); await sayAll(teller, order, body); }],
];

async function stream(teller: Teller, order: string, body: Asked): Promise<void> {
  const known = ORDERS.find(([words]) => order.includes(words) && (words !== 'call a tool' || body.tools !== undefined));
  await (known?.[1] ?? sayAll)(teller, order, body);
}

async function say(teller: Teller, count: number, { choice = 0, paceMs = 0 } = {}): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await teller.say(`w${n} `, choice);
    if (paceMs > 0) await delay(paceMs);
  }
}

async function sayAll(teller: Teller, order: string, { n: choices = 1 }: Asked): Promise<void> {
  for (let choice = 0; choice < choices; choice += 1) {
    await say(teller, Number(/say (\d+)/.exec(order)?.[1] ?? 3), { choice, paceMs: Number(/every (\d+) ms/.exec(order)?.[1] ?? 0) });
    await teller.end('stop', choice);
  }
  await teller.close();
}

async function think(teller: Teller): Promise<void> {
  for (const reasoning of ['hm, ', 'yes']) await teller.write(teller.frame({ index: 0, delta: { reasoning_content: reasoning }, finish_reason: null }));
  teller.count += 2;
}

async function sayCut(teller: Teller): Promise<void> {
  const bytes = Buffer.from(teller.frame({ index: 0, delta: { content: 'grüß 漢字 🙂' }, finish_reason: null }));
  teller.count += 1;
  for (const byte of bytes) { await teller.write(Buffer.from([byte])); await delay(0); }
}

async function callTools(teller: Teller): Promise<void> {
  const call = (delta: object): string => teller.frame({ index: 0, delta: { tool_calls: [delta] }, finish_reason: null });
  await teller.write(call({ index: 0, id: 'a1', type: 'function', function: { name: 'weather', arguments: '' } }));
  await teller.write(call({ index: 0, id: 'changed', function: { arguments: '{"city":' } }));
  await teller.write(call({ index: 0, function: { arguments: '"Oslo"}' } }));
  teller.count += 3;
  await teller.end('stop');
  await teller.close();
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof value === 'string' ? value : JSON.stringify(value));
}
