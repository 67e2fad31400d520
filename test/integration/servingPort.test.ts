import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src-main/app/config.ts';
import { removeHomes, startBackend, type TestBackend } from '../support/backend.ts';

let backend: TestBackend;
beforeAll(async () => { backend = await startBackend({ env: { WHEELHOUSE_SERVING_ALLOWED_ORIGINS: JSON.stringify(['https://chat.example']) } }); });
afterAll(async () => { await backend.stop(); removeHomes(); });

interface Answer { status: number; headers: Record<string, string | string[] | undefined>; text: string }

/** node:http, because fetch does not let a test choose Host and Origin. */
function ask(path: string, { method = 'GET', headers = {}, body, socketPath }: { method?: string; headers?: Record<string, string>; body?: object; socketPath?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(backend.url);
    const asked = request({ ...(socketPath === undefined ? { hostname, port } : { socketPath }), path, method, headers: { 'content-type': 'application/json', ...headers } }, (response) => {
      let text = '';
      response.on('data', (bytes: Buffer) => { text += bytes.toString(); });
      response.on('end', () => { resolve({ status: response.statusCode ?? 0, headers: response.headers, text }); });
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
const codeOf = ({ status, text }: Answer): unknown[] => [status, (JSON.parse(text) as { error?: { code?: string } }).error?.code];

test('a foreign Host and a foreign Origin are refused in the words of the endpoint, whatever key they bring', async () => {
  const { secret } = await backend.client.apiKeys.create({ name: 'stolen' });
  const authorization = `Bearer ${secret}`;
  const answers = await Promise.all([
    ask('/v1/models', { headers: { host: 'evil.test', authorization } }), ask('/v1/models', { headers: { origin: 'http://evil.test', authorization } }), ask('/v1/models', { headers: { origin: 'null' } }),
    ask('/v1/chat/completions', { method: 'OPTIONS', headers: { origin: 'http://evil.test', 'access-control-request-headers': 'authorization' } }),
  ]);

  expect(answers.map(codeOf)).toEqual([[403, 'host_not_allowed'], [403, 'origin_not_allowed'], [403, 'origin_not_allowed'], [403, 'origin_not_allowed']]);
  expect(answers.every(({ headers }) => headers['access-control-allow-origin'] === undefined)).toBe(true);
});

test('a page of an allowed origin may ask with a key, and never without one', async () => {
  const { secret } = await backend.client.apiKeys.create({ name: 'page' });
  const headers = { origin: 'https://chat.example' };
  const [preflight, keyless, keyed] = await Promise.all([
    ask('/v1/chat/completions', { method: 'OPTIONS', headers: { ...headers, 'access-control-request-headers': 'x-stainless-os' } }), ask('/v1/models', { headers }), ask('/v1/models', { headers: { ...headers, authorization: `Bearer ${secret}` } }),
  ]);

  expect([preflight.status, preflight.headers['access-control-allow-origin'], preflight.headers['access-control-allow-headers']]).toEqual([204, 'https://chat.example', 'x-stainless-os']);
  expect([keyless.status, keyed.status, keyed.headers['access-control-allow-origin']]).toEqual([401, 200, 'https://chat.example']);
});

test('the port, the REST API and the window stay apart', async () => {
  const token = { authorization: `Bearer ${backend.token}` };
  const [tags, rest, restKeyless, version, health, climbing] = await Promise.all([
    ask('/api/tags'), ask('/api/keys', { headers: token }), ask('/api/keys'), ask('/api/version'), ask('/health'), ask('/v1/models/../../api/keys'),
  ]);

  expect([tags.status, rest.status, restKeyless.status, version.status, health.status, climbing.status]).toEqual([200, 200, 401, 200, 200, 401]);
  expect(JSON.parse(health.text)).toMatchObject({ status: 'ok' });
});

test('HEAD of the root tells a program that somebody is there, and nothing more; not to a foreign page', async () => {
  const [plain, token, foreignHost, foreignOrigin] = await Promise.all([
    ask('/', { method: 'HEAD' }), ask('/?token=x', { method: 'HEAD' }), ask('/', { method: 'HEAD', headers: { host: 'evil.test' } }), ask('/', { method: 'HEAD', headers: { origin: 'http://evil.test' } }),
  ]);

  expect([plain, token, foreignHost, foreignOrigin].map(({ status }) => status)).toEqual([200, 200, 403, 403]);
  expect([plain.text, plain.headers['set-cookie'], token.headers['set-cookie']]).toEqual(['', undefined, undefined]);
});

test('an API key opens nothing but the port and, to read, the metrics', async () => {
  const { secret } = await backend.client.apiKeys.create({ name: 'reader', scopes: ['read'] });
  const { secret: other } = await backend.client.apiKeys.create({ name: 'asker', scopes: ['infer'] });
  const headers = { authorization: `Bearer ${secret}` };
  const statuses = await Promise.all([ask('/metrics', { headers }), ask('/metrics', { headers: { authorization: `Bearer ${other}` } }), ask('/metrics'), ask('/api/keys', { headers }), ask('/', { headers }), ask('/v1/models', { headers })]);

  expect(statuses.map(({ status }) => status)).toEqual([200, 401, 401, 401, 401, 200]);
  expect(statuses[0].text).toContain('wheelhouse_serving_requests_running');
});

test('the token for scripts and the local socket may use the port', async () => {
  await backend.client.settings.set({ key: 'serving.loopbackWithoutKey', value: 'off' });
  const statuses = await Promise.all([ask('/v1/models'), ask('/v1/models', { headers: { authorization: `Bearer ${backend.token}` } }), ask('/v1/models', { headers: { 'x-api-key': backend.token } }), ask('/v1/models', { socketPath: readConfig({ home: backend.home }).socket })]);
  await backend.client.settings.reset({ key: 'serving.loopbackWithoutKey' });

  expect(statuses.map(({ status }) => status)).toEqual([401, 200, 200, 200]);
});

test('keys and their limits outlive a restart, and a change leaves alone what it does not name', async () => {
  const { key, secret } = await backend.client.apiKeys.create({ name: 'lasting', requestsPerMinute: 50, models: ['demo*'] });
  const renamed = await backend.client.apiKeys.update({ key: 'lasting', set: { name: 'renamed' } });
  const taken = await backend.client.apiKeys.create({ name: 'renamed' }).catch((error: unknown) => error);
  const { home } = backend;
  await backend.kill();
  backend = await startBackend({ home });
  const again = (await backend.client.apiKeys.list({})).find(({ id }) => id === key.id);
  const status = (await ask('/v1/models', { headers: { authorization: `Bearer ${secret}` } })).status;
  const revoked = await backend.client.apiKeys.revoke({ key: 'renamed' });

  expect(renamed).toMatchObject({ name: 'renamed', requestsPerMinute: 50, models: ['demo*'] });
  expect(taken).toMatchObject({ code: 'key.name_taken' });
  expect([again?.name, status, revoked.revokedAtMs === null]).toEqual(['renamed', 200, false]);
  expect((await ask('/v1/models', { headers: { authorization: `Bearer ${secret}` } })).status).toBe(401);
});
