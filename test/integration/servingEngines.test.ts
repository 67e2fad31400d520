import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { ServedModel } from '#contract/serving.ts';
import { createProcessTable } from '../../src-main/platform/process/createProcessTable.ts';
import { aDevice, FakeDriver, uuidOf } from '../fakes/gpu/scenario.ts';
import { makeTinyGguf } from '../fakes/models/makeTinyGguf.ts';
import { makeHome, removeHomes, startBackend, type TestBackend } from '../support/backend.ts';
import { waitFor } from '../support/waitFor.ts';

const PATIENCE = { timeoutMs: 60_000, everyMs: 20 };
const driver = new FakeDriver({ devices: [aDevice(0)] });
const env = { WHEELHOUSE_NVIDIA_SMI: driver.nvidiaSmi };
let home: string;
let backend: TestBackend;

beforeEach(async () => {
  home = makeHome();
  makeTinyGguf(join(home, 'tiny.gguf'));
  makeTinyGguf(join(home, 'loop.gguf'), { isLooping: true });
  backend = await startBackend({ home, env });
  for (const name of ['tiny', 'loop']) {
    for await (const progress of await backend.client.models.importFrom({ path: join(home, `${name}.gguf`), name })) if (progress.kind === 'done') break;
    await backend.client.modelConfigs.create({ name: `${name}-served`, model: name, engine: 'embedded', contextTokens: 1_024, slots: 2, threads: 1, gpuLayers: 0 });
  }
});
afterEach(() => backend.stop());
afterAll(() => { removeHomes(); driver.remove(); });

async function readModel(name = 'tiny-served'): Promise<ServedModel> {
  const model = (await backend.client.serving.list({})).models.find((one) => one.name === name);
  if (model === undefined) throw new Error(`${name} is not served`);
  return model;
}

function waitForState(state: ServedModel['state'], name?: string): Promise<ServedModel> {
  return waitFor(async () => { const model = await readModel(name); return model.state === state ? model : null; }, { ...PATIENCE, what: `${name ?? 'tiny-served'} to be ${state}` });
}

async function readMetrics(): Promise<string> {
  return (await fetch(`${backend.url}/metrics`, { headers: { authorization: `Bearer ${backend.token}` } })).text();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

/** An answer that never ends, as a stream. */
async function startEndlessAnswer(): Promise<{ read: () => Promise<string>; abort: AbortController }> {
  const abort = new AbortController();
  const response = await fetch(`${backend.url}/v1/chat/completions`, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${backend.token}` }, signal: abort.signal,
    body: JSON.stringify({ model: 'loop-served', stream: true, messages: [{ role: 'user', content: 'Go on.' }], max_tokens: 100_000 }),
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader?.read())?.value ?? '';
  return { abort, read: async () => { for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) text += part.value; return text; } };
}

test('a model is loaded, told about and unloaded, and its process is gone then', async () => {
  const loaded = await backend.client.serving.load({ model: 'tiny-served' });
  const files = readdirSync(join(home, 'run', 'engines'));
  const { lines } = await backend.client.serving.log({ model: 'tiny-served' });
  const unloaded = await backend.client.serving.unload({ model: 'tiny-served' });

  expect(loaded).toMatchObject({ state: 'ready', engine: 'embedded', contextTokens: 1_024, slots: 2, loadCount: 1, queuedCount: 0 });
  expect([files.length, lines.length > 0, unloaded.state, isAlive(loaded.pid ?? 0), readdirSync(join(home, 'run', 'engines'))]).toEqual([1, true, 'unloaded', false, []]);
  const events = (await backend.client.journal.list({})).filter(({ subjectKind }) => subjectKind === 'engine').map(({ event }) => event);
  expect(events).toEqual(['engine.unloaded', 'engine.loaded']);
  expect(await readMetrics()).toMatch(/^wheelhouse_serving_unloads_total\{model="tiny-served"\} 1$/m);
});

test('a conversation that no longer fits can still be counted', async () => {
  const response = await fetch(`${backend.url}/v1/messages/count_tokens`, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${backend.token}` },
    body: JSON.stringify({ model: 'tiny-served', messages: [{ role: 'user', content: 'word '.repeat(4_000) }] }),
  });
  const { input_tokens: count } = await response.json() as { input_tokens: number };

  expect(response.status).toBe(200);
  expect(count).toBeGreaterThan(1_024);
});

test('an engine that is killed while it loads fails the load, and the next try succeeds', async () => {
  const failing = backend.client.serving.load({ model: 'tiny-served' }).then(() => 'loaded', (error: unknown) => error);
  const { pid } = await waitFor(async () => { const model = await readModel(); return model.state === 'loading' && model.pid !== null ? model : null; }, { ...PATIENCE, what: 'a process that loads' });
  process.kill(pid ?? 0, 'SIGKILL');
  const error = await failing;
  const failed = await waitForState('failed');
  const again = await backend.client.serving.load({ model: 'tiny-served' });

  expect(error).toMatchObject({ code: 'serving.load_failed' });
  expect([failed.failure, again.state]).toEqual(['unknown', 'ready']);
});

test('an engine that is killed while it is ready is loaded anew', async () => {
  const { pid } = await backend.client.serving.load({ model: 'tiny-served' });
  process.kill(pid ?? 0, 'SIGKILL');
  await waitForState('unloaded');
  const again = await backend.client.serving.load({ model: 'tiny-served' });

  expect([again.state, again.crashCount, again.loadCount, again.pid === pid]).toEqual(['ready', 1, 2, false]);
});

test('an engine that is killed in the middle of an answer ends the answer with an error', async () => {
  const answer = await startEndlessAnswer();
  const { pid } = await waitForState('busy', 'loop-served');
  process.kill(pid ?? 0, 'SIGKILL');
  const text = await answer.read();

  expect(text).toContain('engine_crashed');
  expect((await waitForState('unloaded', 'loop-served')).crashCount).toBe(1);
});

test('an unload waits for the answer; killed meanwhile, the engine is gone all the same', async () => {
  const answer = await startEndlessAnswer();
  const { pid } = await waitForState('busy', 'loop-served');
  const unloading = backend.client.serving.unload({ model: 'loop-served' });
  await waitForState('draining', 'loop-served');
  process.kill(pid ?? 0, 'SIGKILL');
  await answer.read();

  expect((await unloading).state).toBe('unloaded');
});

test('a forced unload ends the answer and the process', async () => {
  const answer = await startEndlessAnswer();
  const { pid } = await waitForState('busy', 'loop-served');
  const { state } = await backend.client.serving.unload({ model: 'loop-served', force: true });
  await answer.read();

  expect([state, isAlive(pid ?? 0)]).toEqual(['unloaded', false]);
});

test('a client that goes away frees its slot', async () => {
  const answer = await startEndlessAnswer();
  await waitForState('busy', 'loop-served');
  answer.abort.abort();

  expect((await waitForState('ready', 'loop-served')).busySlots).toBe(0);
});

test('after a kill -9 of the backend under load no engine is left, and the next backend starts clean', async () => {
  await backend.client.modelConfigs.create({ name: 'gpu-served', model: 'tiny', engine: 'embedded', contextTokens: 1_024, slots: 2, threads: 1 });
  await waitFor(async () => (await backend.client.leases.list({})).devices.length === 1, { ...PATIENCE, what: 'the device to be known' });
  const { pid: idlePid } = await backend.client.serving.load({ model: 'gpu-served' });
  const held = (await backend.client.leases.list({})).leases;
  const answer = await startEndlessAnswer();
  const { pid: busyPid } = await waitForState('busy', 'loop-served');
  const ended = answer.read().catch(() => 'cut off');
  await backend.kill();
  const killedAtMs = performance.now();
  await waitFor(() => ![idlePid, busyPid].some((pid) => isAlive(pid ?? 0)), { ...PATIENCE, what: 'the engines to be gone' });
  const tookMs = performance.now() - killedAtMs;
  await ended;

  backend = await startBackend({ home, env });
  const states = new Set((await backend.client.serving.list({})).models.map(({ state }) => state));
  const { leases } = await backend.client.leases.list({});
  const marked = [...(await createProcessTable().findMarked()).keys()].filter((mark) => mark.startsWith('engine_') && existsSync(join(home, 'run', 'engines', `${mark}.json`)));

  const files = readdirSync(join(home, 'run')).filter((name) => name.startsWith('engine_'));

  expect([tookMs < 3_000, files]).toEqual([true, []]);
  expect(held).toMatchObject([{ holder: { kind: 'engine', name: 'gpu-served' }, state: 'held', shares: [{ gpuId: uuidOf(0) }] }]);
  expect([[...states], leases, marked, readdirSync(join(home, 'run', 'engines'))]).toEqual([['unloaded'], [], [], []]);
  expect((await backend.client.serving.load({ model: 'tiny-served' })).state).toBe('ready');
});
