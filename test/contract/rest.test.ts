import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { removeHomes } from '../support/backend.ts';
import { startCarrierWorld, type CarrierWorld } from '../support/carriers.ts';

let world: CarrierWorld;
beforeAll(async () => { world = await startCarrierWorld(); });
afterAll(async () => { await world.stop(); removeHomes(); });

interface Answer { status: number; headers: Record<string, string | string[] | undefined>; text: string }

/** node:http, because fetch does not let a test choose Host and Origin. */
function ask(path: string, { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: unknown } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(world.url);
    const asked = request({ hostname, port, path, method, headers: { 'content-type': 'application/json', ...headers } }, (response) => {
      let text = '';
      response.on('data', (bytes: Buffer) => { text += bytes.toString(); });
      response.on('end', () => { resolve({ status: response.statusCode ?? 0, headers: response.headers, text }); });
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
const key = () => ({ authorization: `Bearer ${world.token}` });

test('an instance is made, read, edited and refused over REST', async () => {
  const made = await ask('/api/instances', { method: 'POST', headers: key(), body: { name: 'rest one', blueprintId: 'http-server' } });
  const read = await ask('/api/instances/rest-one', { headers: key() });
  const edited = await ask('/api/instances', { method: 'PATCH', headers: key(), body: { edits: [{ instance: 'rest one', set: { notes: 'hello' } }] } });
  const again = await ask('/api/instances', { method: 'POST', headers: key(), body: { name: 'REST one', blueprintId: 'http-server' } });
  const missing = await ask('/api/instances/nobody', { headers: key() });

  expect([made.status, read.status, edited.status, again.status, missing.status]).toEqual([200, 200, 200, 409, 404]);
  expect(JSON.parse(read.text)).toMatchObject({ name: 'rest one', status: 'stopped', health: 'unknown', cause: null, port: null, url: null, pid: null, runId: null });
  expect(JSON.parse(again.text)).toMatchObject({ code: 'instance.name_taken', data: { slug: 'rest-one' } });
});

test('query values are read as the types that were declared', async () => {
  const listed = await ask('/api/instances?deleted=false', { headers: key() });
  const refused = await ask('/api/journal?limit=soon', { headers: key() });

  expect(listed.status).toBe(200);
  expect(refused.status).toBe(400);
  expect(JSON.parse(refused.text)).toMatchObject({ code: 'bad_input' });
});

test('a live stream is served as server-sent events', async () => {
  const response = await fetch(`${world.url}/api/journal/watch`, { headers: key() });
  const chunk = await response.body?.getReader().read();

  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(new TextDecoder().decode(chunk?.value)).toContain('event:');
});

test('the OpenAPI document names every call and the page is readable', async () => {
  const document = JSON.parse((await ask('/api/openapi.json', { headers: key() })).text) as { openapi: string; paths: Record<string, unknown> };
  const page = await ask('/api', { headers: key() });

  expect(document.openapi).toMatch(/^3\./);
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/instances', '/instances/{instance}/start', '/blueprints/check', '/runs/{run}/log', '/system/status']));
  expect(page.text).toContain('/api/instances/{instance}/start');
  expect(page.text).not.toContain('<script');
});

test.each(['/', '/api', '/api/instances', '/api/openapi.json', '/assets/x.js'])('%s is refused without a token, under a foreign name and to a foreign page', async (path) => {
  const { host } = new URL(world.url);
  const answers = await Promise.all([
    ask(path),
    ask(path, { headers: { ...key(), host: 'evil.test' } }),
    ask(path, { headers: { ...key(), host: `evil.test:${host.split(':')[1] ?? ''}` } }),
    ask(path, { headers: { ...key(), origin: 'http://evil.test' } }),
    ask(path, { headers: { ...key(), origin: 'null' } }),
    ask(path, { headers: { authorization: 'Bearer wrong' } }),
  ]);

  expect(answers.map(({ status }) => status)).toEqual([401, 403, 403, 403, 403, 401]);
});

test('a browser without a key, or with one that was used, is told on a page how to get a fresh address', async () => {
  const headers = { accept: 'text/html,application/xhtml+xml' };

  const answers = await Promise.all(['/', '/?token=used'].map((path) => ask(path, { headers })));

  expect(answers.map(({ status, headers: { 'content-type': type } }) => [status, type])).toEqual([[401, 'text/html; charset=utf-8'], [401, 'text/html; charset=utf-8']]);
  for (const { text } of answers) expect(text).toContain('node scripts/wheelhouse.mjs status --link');
});

test.each([
  ['no token', {}], ['a wrong token', { authorization: 'Bearer wrong' }],
  ['a foreign origin', { origin: 'http://evil.test', authorization: 'ours' }], ['a foreign host', { host: 'evil.test', authorization: 'ours' }],
])('a WebSocket with %s is refused', async (_name, headers: Record<string, string>) => {
  const sent = headers['authorization'] === 'ours' ? { ...headers, ...key() } : headers;
  const statuses = await Promise.all(['/rpc', '/frames'].map((path) => new Promise((resolve) => {
    const socket = new WebSocket(`${world.url.replace('http', 'ws')}${path}`, { headers: sent });
    socket.on('unexpected-response', (_request, response) => { resolve(response.statusCode); });
    socket.on('error', () => { resolve('error'); });
    socket.on('open', () => { socket.terminate(); resolve('open'); });
  })));

  expect(statuses).toEqual('authorization' in headers && headers['authorization'] !== 'Bearer wrong' ? [403, 403] : [401, 401]);
});

test('a one-time address opens the window once and gives a session that only our own page can use', async () => {
  const link = new URL(world.backend.createLink() ?? '');
  const first = await ask(link.pathname + link.search);
  const second = await ask(link.pathname + link.search);
  const cookie = String(first.headers['set-cookie']).split(';')[0] ?? '';
  const page = await ask('/', { headers: { cookie } });
  const foreign = await ask('/api/instances', { headers: { cookie, origin: 'http://127.0.0.1:19001' } });
  const forged = await ask('/', { headers: { cookie: `${cookie}x` } });

  expect([first.status, second.status, page.status === 401, foreign.status, forged.status]).toEqual([303, 401, false, 403, 401]);
  expect(String(first.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/);
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
});

test('health answers without a token, but not under a foreign name', async () => {
  expect([(await ask('/health')).status, (await ask('/health', { headers: { host: 'evil.test' } })).status]).toEqual([200, 403]);
});

test('an undeclared throw reaches nobody with its text', async () => {
  const { statusOf } = await import('#contract/declare.ts');
  const { toWireError } = await import('../../src-main/api/errorBoundary.ts');
  const { silentLog } = await import('../../src-main/base/logger.ts');
  const wire = toWireError(new Error('secret path'), silentLog, { schemaVersion: 1, supportedVersion: 1 });

  expect(JSON.stringify(wire.toJSON())).not.toContain('secret');
  expect(wire).toMatchObject({ code: 'internal', status: statusOf('internal'), data: { reference: expect.any(String) as string } });
});
