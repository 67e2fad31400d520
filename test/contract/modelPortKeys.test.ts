import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startPortWorld, type PortWorld } from '../support/portWorld.ts';
import { waitFor } from '../support/waitFor.ts';

let world: PortWorld;
beforeAll(async () => { world = await startPortWorld(); });
afterAll(async () => { await world.stop(); });
beforeEach(() => { world.isLoopbackOpen = false; });

const chat = (order: string, rest: object = {}) => ({ model: 'demo', messages: [{ role: 'user', content: order }], ...rest });
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
let made = 0;
const makeKey = (settings: Parameters<PortWorld['keys']['create']>[0] extends infer S ? Partial<S> : never = {}) => world.keys.create({ name: `key ${made += 1}`, ...settings });
const readCode = async (response: Response): Promise<[number, string | null]> => [response.status, (await response.json() as { error?: { code: string } }).error?.code ?? null];

test.each([['POST', '/v1/chat/completions'], ['GET', '/v1/models'], ['GET', '/v1/models/nobody'], ['GET', '/v1/nothing'], ['POST', '/models/load'], ['GET', '/events'], ['GET', '/logs'], ['POST', '/cancel'], ['GET', '/upstream/demo/x']])('%s %s says 401 before anything else', async (method, path) => {
  const body = method === 'POST' ? 'not even JSON' : undefined;
  const answers = await Promise.all([{}, bearer('whk_unknown'), bearer('sk-other'), { 'x-api-key': 'whk_unknown' }].map((headers) => world.ask(path, { method, headers, ...(body !== undefined && { body }) })));

  expect(await Promise.all(answers.map(readCode))).toEqual(Array.from({ length: 4 }, () => [401, 'invalid_api_key']));
});

test('a key counts as Bearer or x-api-key, until it is revoked or has expired', async () => {
  const { key, secret } = makeKey();
  const expired = makeKey({ expiresAtMs: 1 });

  const before = await Promise.all([bearer(secret), { 'x-api-key': secret }].map(async (headers) => (await world.ask('/v1/models', { headers })).status));
  world.keys.revoke(key.id);
  const after = await Promise.all([secret, expired.secret].map(async (one) => (await world.ask('/v1/models', { headers: bearer(one) })).status));

  expect([secret, key.hint]).toEqual([expect.stringMatching(/^whk_[\w-]{43}$/), secret.slice(0, 8)]);
  expect([before, after]).toEqual([[200, 200], [401, 401]]);
});

test('an open loopback needs no key, takes whatever SDKs insist on, and still refuses a wrong key of ours', async () => {
  world.isLoopbackOpen = true;
  const statuses = await Promise.all([
    {}, bearer('sk-anything'), bearer('whk_wrong'), { 'x-forwarded-for': '203.0.113.9' }, { via: '1.1 proxy' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-origin' },
  ].map(async (headers) => (await world.ask('/v1/models', { headers })).status));

  expect(statuses).toEqual([200, 200, 401, 401, 401, 401, 200]);
});

test('the owner needs no key', async () => {
  expect((await world.ask('/v1/models', { headers: { 'x-test-owner': 'yes' } })).status).toBe(200);
});

test('OPTIONS needs no key and gives back the headers that were asked for', async () => {
  const response = await world.ask('/v1/chat/completions', { method: 'OPTIONS', headers: { 'access-control-request-headers': 'authorization, x-stainless-lang, x-stainless-retry-count' } });

  expect([response.status, response.headers.get('access-control-allow-headers'), response.headers.get('access-control-allow-origin')]).toEqual([204, 'authorization, x-stainless-lang, x-stainless-retry-count', null]);
});

test('a scope allows what it says', async () => {
  const infer = bearer(makeKey({ scopes: ['infer'] }).secret);
  const read = bearer(makeKey({ scopes: ['read'] }).secret);
  const manage = bearer(makeKey({ scopes: ['manage'] }).secret);
  const statuses = async (headers: Record<string, string>): Promise<number[]> => Promise.all([
    world.ask('/v1/chat/completions', { headers, body: chat('say 1') }), world.ask('/v1/models', { headers }), world.ask('/models/load', { headers, body: { model: 'demo' } }),
  ].map(async (asked) => (await asked).status));

  expect([await statuses(infer), await statuses(read), await statuses(manage)]).toEqual([[200, 403, 403], [403, 200, 403], [403, 403, 200]]);
});

test('a key sees and asks only the models that its patterns name', async () => {
  const headers = bearer(makeKey({ models: ['org/*:Q4*'] }).secret);
  const { data } = await (await world.ask('/v1/models', { headers })).json() as { data: { id: string }[] };
  const refused = await readCode(await world.ask('/v1/chat/completions', { headers, body: chat('say 1') }));
  const missing = await readCode(await world.ask('/v1/chat/completions', { headers, body: chat('say 1', { model: 'nobody' }) }));

  expect(data.map(({ id }) => id)).toEqual(['org/model:Q4_K_M']);
  expect([refused, missing]).toEqual([[403, 'model_not_allowed'], [404, 'model_not_found']]);
});

test.each([
  ['requests a minute', { requestsPerMinute: 2 }, 2], ['tokens a minute', { tokensPerMinute: 12 }, 2], ['tokens a day', { tokensPerDay: 12 }, 2],
] as const)('a key over its %s is told when to come again, and SDKs not to ask before where they would not wait', async (_name, limits, allowed) => {
  const headers = bearer(makeKey(limits).secret);
  const answers: Response[] = [];
  for (let n = 0; n < allowed + 1; n += 1) answers.push(await world.ask('/v1/chat/completions', { headers, body: chat('say 2') }));
  const last = answers.at(-1);

  expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: allowed }, () => 200), 429]);
  const waitSeconds = Number(last?.headers.get('retry-after'));
  expect(waitSeconds).toBeGreaterThan(0);
  expect(last?.headers.get('x-should-retry')).toBe(waitSeconds > 60 ? 'false' : null);
  expect(await last?.json()).toMatchObject({ error: { code: 'rate_limit_exceeded', type: 'rate_limit_error', param: null } });
});

test('requests that run at once are counted from their arrival to their end', async () => {
  const headers = bearer(makeKey({ concurrentRequests: 1, priority: 7 }).secret);
  const abort = new AbortController();
  const running = world.ask('/v1/chat/completions', { headers, body: chat('hang after 1', { stream: true }), signal: abort.signal });
  await running;
  const refused = await world.ask('/v1/chat/completions', { headers, body: chat('say 1') });
  abort.abort();
  await waitFor(() => world.book.list().length === 0);
  const allowed = await world.ask('/v1/chat/completions', { headers, body: chat('say 1') });

  expect([refused.status, allowed.status, world.slots.priorities.at(-1)]).toEqual([429, 200, 7]);
});

interface Told { usage?: { prompt_tokens: number; completion_tokens: number } | null }
test('the ledger sums to exactly what the clients were told: whole, streamed, failed and broken off', async () => {
  const { key, secret } = makeKey();
  const headers = bearer(secret);
  const told = { promptTokens: 0, completionTokens: 0 };
  const take = ({ usage }: Told): void => { told.promptTokens += usage?.prompt_tokens ?? 0; told.completionTokens += usage?.completion_tokens ?? 0; };
  await Promise.all(Array.from({ length: 30 }, async (_, n) => {
    const response = await world.ask('/v1/chat/completions', { headers, body: chat(`say ${n}`, n % 2 === 0 ? { stream: true, stream_options: { include_usage: true } } : {}) });
    const text = await response.text();
    const objects = n % 2 === 0 ? text.split('\n\n').filter((block) => block.startsWith('data: {')).map((block) => block.slice(6)) : [text];
    for (const object of objects) take(JSON.parse(object) as Told);
  }));
  for (const order of ['error context', 'garbage']) await world.ask('/v1/chat/completions', { headers, body: chat(order) });
  const abort = new AbortController();
  const broken = await world.ask('/v1/chat/completions', { headers, body: chat('hang after 4', { stream: true }), signal: abort.signal });
  const reader = broken.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  await waitFor(async () => { text += (await reader?.read())?.value ?? ''; return text.includes('w3'); });
  abort.abort();
  await waitFor(() => world.book.list().length === 0);
  const [row, ...others] = world.ledger.list({ key: key.id });
  const [listed] = world.keys.list().filter(({ id }) => id === key.id);

  // The engine had said of the broken one what its prompt took, and four words were sent.
  expect({ ...row, firstTokenMsSum: 0, totalMsSum: 0, cachedTokens: 0 }).toEqual({
    day: new Date().toISOString().slice(0, 10), keyId: key.id, keyName: key.name, model: 'demo', endpoint: '/v1/chat/completions', requestCount: 33, failedCount: 2, stoppedCount: 1,
    promptTokens: told.promptTokens + 7, completionTokens: told.completionTokens + 4, cachedTokens: 0, firstTokenMsSum: 0, firstTokenCount: 30, totalMsSum: 0,
  });
  expect(others).toEqual([]);
  expect(listed).toMatchObject({ requestCount: 33, promptTokens: told.promptTokens + 7, completionTokens: told.completionTokens + 4, lastUsedAtMs: expect.any(Number) as number });
});

test('no key is ever written to the log', async () => {
  const { secret } = makeKey();
  await world.ask('/v1/chat/completions', { headers: bearer(secret), body: chat('say 1') });
  await world.ask('/v1/models', { headers: bearer('whk_some-unknown-secret') });

  expect(JSON.stringify(world.logged)).not.toMatch(/whk_/);
});

test('metrics tell statuses, tokens and the time to the first token by model', async () => {
  const text = world.metrics.render({ models: world.served, runningCount: 0 });

  expect(text).toMatch(/wheelhouse_serving_requests_total\{model="demo",endpoint="\/v1\/chat\/completions",status="200"\} \d+/);
  expect(text).toMatch(/wheelhouse_serving_requests_total\{model="demo",endpoint="\/v1\/chat\/completions",status="499"\} \d+/);
  expect(text).toMatch(/wheelhouse_serving_first_token_seconds_bucket\{model="demo",le="\+Inf"\} \d+/);
  expect(text).toContain('wheelhouse_serving_queue_length{model="demo",engine="embedded"} 0');
});

test.each([
  ['Messages', '/v1/messages', { model: 'nobody', max_tokens: 5, messages: [] }, { type: 'error', error: { type: 'not_found_error', message: expect.any(String) as string }, request_id: expect.stringMatching(/^req_/) as string }],
  ['Ollama', '/api/chat', { model: 'nobody', messages: [] }, { error: expect.stringContaining('nobody') as string }],
])('errors of %s are in its own words', async (_name, path, body, expected) => {
  const response = await world.ask(path, { headers: { 'x-test-owner': 'yes' }, body });

  expect([response.status, await response.json()]).toEqual([404, expected]);
});
