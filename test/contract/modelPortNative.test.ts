import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { aServedModel, startPortWorld, type PortWorld } from '../support/portWorld.ts';

let world: PortWorld;
beforeAll(async () => { world = await startPortWorld(); });
afterAll(async () => { await world.stop(); });
beforeEach(() => { world.isLoopbackOpen = true; world.served.splice(0, Infinity, aServedModel('demo')); });

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const readBody = async (response: Response): Promise<[number, unknown]> => [response.status, await response.json()];
const readSent = async (): Promise<Record<string, unknown>> => (await world.engine.readState()).requests.at(-1)?.body ?? {};

test.each<[string, object, object]>([
  ['a prompt that is said again behind them', { prompt: 'word '.repeat(20_000) }, { promptTokens: 7, completionTokens: 3, cachedTokens: 2 }],
  ['fields that leave them out', { prompt: 'x', response_fields: ['content'] }, { promptTokens: 7, completionTokens: 3, cachedTokens: 2 }],
  ['several prompts', { prompt: ['x', 'y'] }, { promptTokens: 14, completionTokens: 6, cachedTokens: 4 }],
])('what llama-server\'s own endpoint used counts, with %s', async (_what, body, used) => {
  const { key, secret } = world.keys.create({ name: `native ${JSON.stringify(used)}${Object.keys(body).length}` });
  await readBody(await world.ask('/completion', { headers: bearer(secret), body: { model: 'demo', ...body } }));

  expect(world.ledger.list({ key: key.id })).toMatchObject([{ endpoint: '/completion', ...used }]);
});

test('adapters are told of a loaded model only, without loading one for whoever may only read', async () => {
  const { secret } = world.keys.create({ name: 'reads', scopes: ['read'] });
  const ask = (): Promise<Response> => world.ask('/lora-adapters?model=demo', { headers: bearer(secret) });
  const asked = world.slots.priorities.length;
  const loaded = await readBody(await ask());
  world.served[0] = aServedModel('demo', { state: 'unloaded' });

  expect([loaded, await readBody(await ask())]).toMatchObject([[200, [{ id: 0, scale: 1 }]], [503, { error: { code: 'model_not_loaded' } }]]);
  expect(world.slots.priorities.length).toBe(asked);
});

test('without a name a key gets the only model that it may use', async () => {
  const { secret } = world.keys.create({ name: 'one model', models: ['org/*'] });
  await readBody(await world.ask('/tokenize', { headers: bearer(secret), body: { content: 'one two' } }));
  const used = world.book.recent()[0]?.model;
  world.served[0] = aServedModel('demo', { state: 'unloaded' });

  expect([used, await readBody(await world.ask('/tokenize', { body: { content: 'one two' } }))]).toMatchObject(['org/model:Q4_K_M', [400, { error: { code: 'missing_required_parameter' } }]]);
});

test('a gap is filled by llama-server\'s own endpoint, and by the field of others', async () => {
  const body = { model: 'demo', prompt: 'a', suffix: 'b', stream: false, options: { num_predict: 5 } };
  const embedded = await readBody(await world.ask('/api/generate', { body: { ...body, prompt: 'say 1' } }));
  const sentToEmbedded = await readSent();
  world.served[0] = aServedModel('demo', { engine: 'llama-server' });
  const filled = await readBody(await world.ask('/api/generate', { body }));
  const sentToServer = await readSent();
  const completed = await readBody(await world.ask('/v1/completions', { body: { model: 'demo', prompt: 'a', suffix: 'b' } }));

  expect([embedded, sentToEmbedded]).toMatchObject([[200, { response: 'w0 ' }], { prompt: 'say 1', suffix: 'b', max_tokens: 5 }]);
  expect([filled, sentToServer]).toMatchObject([[200, { response: 'a…b', done_reason: 'length', prompt_eval_count: 7, eval_count: 2 }], { input_prefix: 'a', input_suffix: 'b', max_tokens: 5 }]);
  expect(completed).toMatchObject([200, { choices: [{ text: 'a…b', finish_reason: 'length' }], usage: { prompt_tokens: 7, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } } }]);
});

test('a model that is loaded ahead stays for as long as was asked', async () => {
  const told = await readBody(await world.ask('/api/generate', { body: { model: 'demo', keep_alive: '10m' } }));
  await readBody(await world.ask('/api/chat', { body: { model: 'demo', messages: [], keep_alive: -1 } }));

  expect(told).toMatchObject([200, { done: true, done_reason: 'load' }]);
  expect(world.slots.kept.slice(-2)).toEqual([600, -1]);
  expect(world.slots.held.size).toBe(0);
});
