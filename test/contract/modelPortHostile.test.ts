import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { aConfig, startPortWorld, type PortWorld } from '../support/portWorld.ts';
import { waitFor } from '../support/waitFor.ts';

let world: PortWorld;
beforeAll(async () => { world = await startPortWorld(); });
afterAll(async () => { await world.stop(); });
beforeEach(() => { world.isLoopbackOpen = true; });

const chat = (order: string, rest: object = {}) => ({ model: 'demo', messages: [{ role: 'user', content: order }], ...rest });
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const readCode = async (response: Response): Promise<[number, string | null]> => [response.status, (await response.json() as { error?: { code: string } }).error?.code ?? null];

/** Requests as bytes, so that several can be sent at once over one connection. */
function toBytes(...bodies: object[]): string {
  return bodies.map((body) => { const text = JSON.stringify(body); return `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`; }).join('');
}

test('requests that are sent at once over one connection are answered in their order', async () => {
  const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => { heard += text; });
  socket.write(toBytes(chat('say 1'), chat('say 2')));
  await waitFor(() => heard.includes('"content":"w0 w1 "'));
  socket.destroy();

  expect(heard.indexOf('"content":"w0 "')).toBeLessThan(heard.indexOf('"content":"w0 w1 "'));
  expect(heard.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
});

test('a client that goes frees what it has sent after an unanswered request too', async () => {
  const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
  socket.on('error', () => { socket.destroy(); });
  const arrived = world.book.list().length;
  socket.write(toBytes(chat('hang after 1', { stream: true }), chat('hang after 1', { stream: true })));
  await waitFor(() => world.book.list().length > arrived && world.book.list().every(({ state }) => state === 'generating'));
  socket.destroy();

  await waitFor(() => world.book.list().length === 0);
  expect(world.slots.held.size).toBe(0);
});

test.each<[string, (response: ServerResponse) => void, [number, string]]>([
  ['breaks off', (response) => { response.writeHead(200, { 'content-length': '100' }).write('{"n_ctx"'); response.destroy(); }, [502, 'engine_crashed']],
  ['sends no JSON', (response) => { response.end('<html>'); }, [502, 'engine_error']],
  ['knows no such path', (response) => { response.writeHead(501).end('{"error":{"code":501,"message":"This server does not support slots endpoint.","type":"not_supported_error"}}'); }, [501, 'not_supported']],
])('an engine that %s when it is asked for its state is told in the words of the port', async (_what, answer, expected) => {
  const engine = createServer((_request, response) => { answer(response); });
  engine.listen(0, '127.0.0.1');
  await once(engine, 'listening');
  world.slots.endpoint = { origin: `http://127.0.0.1:${(engine.address() as AddressInfo).port}`, socketPath: null, headers: {} };
  const told = await world.ask('/slots?model=demo').then(readCode);
  world.slots.endpoint = world.engine.endpoint;
  engine.close();
  engine.closeAllConnections();

  expect(told).toEqual(expected);
});

test('what was used counts when the client breaks a stream of the engine\'s own off', async () => {
  const engine = createServer((_request, response) => { response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"content":"a","tokens_predicted":3,"tokens_evaluated":7}\n\n'); });
  engine.listen(0, '127.0.0.1');
  await once(engine, 'listening');
  world.slots.endpoint = { origin: `http://127.0.0.1:${(engine.address() as AddressInfo).port}`, socketPath: null, headers: {} };
  const abort = new AbortController();
  const response = await world.ask('/completion', { body: { model: 'demo', prompt: 'x', stream: true }, signal: abort.signal });
  await response.body?.getReader().read();
  abort.abort();
  await waitFor(() => world.book.list().length === 0);
  world.slots.endpoint = world.engine.endpoint;
  engine.close();
  engine.closeAllConnections();

  expect(world.book.recent()[0]).toMatchObject({ endpoint: '/completion', httpStatus: 499, promptTokens: 7, completionTokens: 3 });
});

test('a key that may not manage neither unloads in Ollama\'s words nor reaches past the endpoints', async () => {
  const { secret } = world.keys.create({ name: 'asks only', scopes: ['infer', 'read'] });
  const headers = bearer(secret);
  const asked = await Promise.all([
    world.ask('/api/generate', { headers, body: { model: 'demo', keep_alive: 0 } }), world.ask('/api/chat', { headers, body: { model: 'demo', messages: [], keep_alive: 0 } }),
    world.ask('/lora-adapters?model=demo', { headers, body: [{ id: 0, scale: 0 }] }), world.ask('/upstream/demo/v1/chat/completions', { headers, body: { model: 'another' } }), world.ask('/upstream/demo/slots', { headers }),
  ]);

  expect(asked.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  expect(world.served.map(({ state }) => state)).toEqual(['ready']);
});

test('loading in Ollama\'s words counts against the limits of a key', async () => {
  const { secret } = world.keys.create({ name: 'loads', requestsPerMinute: 1 });
  const load = async (): Promise<number> => (await world.ask('/api/generate', { headers: bearer(secret), body: { model: 'demo' } })).status;

  expect([await load(), await load()]).toEqual([200, 429]);
});

test('what an engine sends cannot act as a page of ours', async () => {
  const { headers } = await world.ask('/upstream/demo/index.html');

  expect([headers.get('content-security-policy'), headers.get('x-content-type-options')]).toEqual(['sandbox allow-scripts', 'nosniff']);
});

test('a body of nothing but brackets is refused at once', async () => {
  const deep = '['.repeat(2_000_000);
  const startedAt = performance.now();
  const told = await world.ask('/v1/chat/completions', { body: `{"model":"demo","messages":${deep}${deep.replaceAll('[', ']')}}` }).then(readCode);

  expect(told).toEqual([400, 'invalid_json']);
  expect(performance.now() - startedAt).toBeLessThan(15_000);
});

test.each([['disabled', 404, 'model_not_found'], ['quarantined', 500, 'load_failed']] as const)('a model that is %s gets no slot, whoever knows its name', async (problem, status, code) => {
  world.configs.push({ ...aConfig({ name: problem }), problem });
  const asked = world.slots.priorities.length;

  expect(await world.ask('/v1/chat/completions', { body: chat('say 1', { model: problem }) }).then(readCode)).toEqual([status, code]);
  expect(world.slots.priorities.length).toBe(asked);
});
