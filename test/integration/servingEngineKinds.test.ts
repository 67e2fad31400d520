import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ModelConfigSettings } from '#contract/modelConfigs.ts';
import { aConfig, aVersion } from '../fakes/serving/aModel.ts';
import { FakeStarter } from '../fakes/serving/fakeEngines.ts';
import { uuid } from '../fakes/facts/aGpu.ts';
import { FakeClock, settle } from '../fakes/facts/fakeClock.ts';
import { waitFor } from '../support/waitFor.ts';
import { Emitter } from '../../src-main/base/emitter.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { ContainerEngineStarter, type ContainerSpec } from '../../src-main/features/serving/engines/containerEngine.ts';
import type { EngineExit, EngineLaunch } from '../../src-main/features/serving/engines/enginePort.ts';
import { EngineRecords } from '../../src-main/features/serving/engines/engineRecords.ts';
import { EngineShelf } from '../../src-main/features/serving/engines/engineShelf.ts';
import { ExternalEngineStarter } from '../../src-main/features/serving/engines/externalEngine.ts';
import { countThreads, LaunchPlanner, toPurpose } from '../../src-main/features/serving/launchPlanner.ts';

let folder: string;
let server: Server | null = null;

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'wh-engines-')); });
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  server?.close();
  server?.closeAllConnections();
  server = null;
});

function aLaunch(set: Partial<ModelConfigSettings> = {}): EngineLaunch {
  return { configId: 'c', name: 'm', settings: aConfig('m', set), modelPath: '/models/m/model.gguf', mmprojPath: null, draftPath: null, adapters: [], contextTokens: 1_024, slots: 1, gpuLayers: 0, threads: 1, purpose: 'generate', environment: { CUDA_VISIBLE_DEVICES: 'GPU-1' } };
}

/** A server that lists models to whoever has the key. */
async function listen(): Promise<string> {
  const own = createServer((request, response) => { response.statusCode = request.headers.authorization === 'Bearer right' ? 200 : 401; response.end('{}'); });
  server = own;
  await new Promise<void>((resolve) => { own.listen(0, '127.0.0.1', resolve); });
  const address = own.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/v1/`;
}

test('an external server is ready once it lists its models, with the key of the variable that is named', async () => {
  const baseUrl = await listen();
  const starter = new ExternalEngineStarter({ clock: new FakeClock(), fetch, readSecret: (name) => (name === 'THE_KEY' ? 'right' : null) });
  const engine = starter.start(aLaunch({ engine: 'external', external: { baseUrl, keyVariable: 'THE_KEY', model: null } }));

  expect(await engine.readHealth(AbortSignal.timeout(10_000))).toEqual({ kind: 'ready' });
  expect(engine.getEndpoint()).toEqual({ origin: baseUrl.replace('/v1/', ''), socketPath: null, headers: { authorization: 'Bearer right' } });
});

test.each([
  { what: 'refuses the key', keyVariable: 'WRONG', isThere: true, tail: 'it answers 401' },
  { what: 'has no key set', keyVariable: 'MISSING', isThere: true, tail: 'MISSING is not set' },
  { what: 'does not answer', keyVariable: null, isThere: false, tail: /cannot be reached/ },
])('an external server that $what is unreachable', async ({ keyVariable, isThere, tail }) => {
  const clock = new FakeClock();
  const baseUrl = isThere ? await listen() : 'http://127.0.0.1:1';
  const starter = new ExternalEngineStarter({ clock, fetch, readSecret: (name) => (name === 'WRONG' ? 'wrong' : null) });
  const engine = starter.start(aLaunch({ engine: 'external', external: { baseUrl, keyVariable, model: null } }));
  const exits: EngineExit[] = [];
  engine.onDidExit((exit) => { exits.push(exit); });
  await settle();
  await clock.advance(10_000);
  await engine.readHealth(AbortSignal.timeout(10_000));

  expect(exits.map(({ failure }) => failure)).toEqual(['unreachable']);
  expect(exits[0]?.tail.at(-1)).toMatch(tail);
});

test('a container is run with the weights mounted, and its end is an exit', async () => {
  const baseUrl = await listen();
  const specs: ContainerSpec[] = [];
  const [logs, didExit] = [new Emitter<string>(), new Emitter<{ code: number | null }>()];
  const run = async (spec: ContainerSpec) => { specs.push(spec); return { id: 'x', port: Number(new URL(baseUrl).port), pid: 7, logs: logs.event, onDidExit: didExit.event, stop: async () => undefined }; };
  const engine = new ContainerEngineStarter({ runtime: { readProblem: async () => null, run }, fetch }).start(aLaunch({ engine: 'container', container: { image: 'vllm/vllm', args: ['--model', '{model}'], port: 8000, environment: {} } }));
  const exits: EngineExit[] = [];
  engine.onDidExit((exit) => { exits.push(exit); });
  await waitFor(() => engine.pid);
  const health = await engine.readHealth(AbortSignal.timeout(10_000));
  logs.fire('torch.OutOfMemoryError: CUDA out of memory');
  didExit.fire({ code: 1 });

  expect(specs).toMatchObject([{ image: 'vllm/vllm', args: ['--model', '/model/model.gguf'], mounts: [{ source: '/models/m', target: '/model' }], gpuEnvironment: { CUDA_VISIBLE_DEVICES: 'GPU-1' } }]);
  expect([health.kind, exits]).toEqual(['loading', [{ code: 1, signal: null, failure: 'out_of_memory', tail: ['torch.OutOfMemoryError: CUDA out of memory'] }]]);
});

test('without a container engine a container is missing, and says why', async () => {
  expect(await new ContainerEngineStarter({ runtime: null, fetch }).readAvailability()).toEqual({ kind: 'missing', reason: 'no container engine is set up' });
});

test('rule 14: an engine is written down while it lives, and what a killed backend left is ended by its mark', async () => {
  const [ended, cleared]: [string[], string[]] = [[], []];
  const records = new EngineRecords({ folder: join(folder, 'engines'), endMarked: async (mark) => { ended.push(mark); }, removeFiles: (mark) => { cleared.push(mark); }, clock: new FakeClock(), log: silentLog });
  const fake = new FakeStarter();
  const starter = records.recording(fake);
  starter.start(aLaunch());
  starter.start(aLaunch());
  fake.engines[0]?.crash();
  writeFileSync(join(folder, 'engines', 'cut.json'), '{"pid":');
  const left = readdirSync(join(folder, 'engines'));

  await records.reap();

  expect([left, ended, cleared, readdirSync(join(folder, 'engines'))]).toEqual([['cut.json', 'engine_1002.json'], ['cut', 'engine_1002'], ['cut', 'engine_1002'], []]);
});

test.each([
  { what: 'llama-server where it is there', engines: ['embedded', 'llama-server'], preferred: 'auto', format: 'gguf', set: {}, kind: 'llama-server' },
  { what: 'the embedded engine where it is not', engines: ['embedded'], preferred: 'auto', format: 'gguf', set: {}, kind: 'embedded' },
  { what: 'what the setting prefers', engines: ['embedded', 'llama-server'], preferred: 'embedded', format: 'gguf', set: {}, kind: 'embedded' },
  { what: 'a container for other formats', engines: ['embedded', 'llama-server'], preferred: 'auto', format: 'safetensors', set: {}, kind: 'container' },
  { what: 'what the configuration says', engines: ['embedded', 'llama-server'], preferred: 'auto', format: 'gguf', set: { engine: 'embedded' }, kind: 'embedded' },
] as const)('an engine is chosen: $what', async ({ engines, preferred, format, set, kind }) => {
  const shelf = new EngineShelf({ starters: engines.map((engine) => new FakeStarter(engine)), getPreferred: () => preferred, log: silentLog });
  await shelf.refresh();

  expect(shelf.kindOf(aConfig('m', { engine: 'auto', ...set }), { format })).toBe(kind);
});

test('a look for engines that is asked for during another one sees what came meanwhile', async () => {
  const [fake, gate] = [new FakeStarter(), Promise.withResolvers<undefined>()];
  let looks = 0;
  fake.readAvailability = async () => { looks += 1; if (looks === 1) { await gate.promise; return { kind: 'missing', reason: 'not found' }; } return { kind: 'there', version: '2' }; };
  const shelf = new EngineShelf({ starters: [fake], getPreferred: () => 'auto', log: silentLog });

  const [first, second] = [shelf.refresh(), shelf.refresh()];
  gate.resolve(undefined);
  await Promise.all([first, second]);

  expect([looks, shelf.versionOf('llama-server')]).toEqual([2, '2']);
});

test('a launch names the files of what the configuration names, and a split follows the shares', async () => {
  const shelf = new EngineShelf({ starters: [new FakeStarter('llama-server')], getPreferred: () => 'auto', log: silentLog });
  await shelf.refresh();
  const versions = [aVersion('m', { files: [{ path: 'mmproj.gguf', sizeBytes: 1, sha256: null, role: 'mmproj' }] }), aVersion('lora', { kind: 'adapter' })];
  const planner = new LaunchPlanner({ shelf, catalog: { find: (reference) => versions.find(({ modelName }) => modelName === reference) ?? null, getFilePath: (id, file) => `/${id}/${file?.path ?? 'weights.gguf'}` } });
  const placement = { shares: [{ gpuId: uuid(1), bytes: 3, part: 0.8 }, { gpuId: uuid(2), bytes: 1, part: 0.2 }], ramBytes: 0, gpuLayers: 10, contextTokens: 512 };

  const plan = planner.plan(aConfig('m', { adapters: [{ model: 'lora', scale: 0.5 }] }), versions[0] ?? null, placement);
  const barred = (['disabled', 'quarantined'] as const).map((problem) => planner.plan({ ...aConfig('m'), problem }, versions[0] ?? null, placement).kind);
  const missing = planner.plan(aConfig('m', { mmproj: 'nothing' }), versions[0] ?? null, placement);

  expect(plan.kind === 'launch' && plan.launch).toMatchObject({ modelPath: '/version_m/weights.gguf', mmprojPath: '/version_m/mmproj.gguf', adapters: [{ name: 'lora', path: '/version_lora/weights.gguf', scale: 0.5 }], settings: { tensorSplit: [0.8, 0.2] } });
  expect(missing).toEqual({ kind: 'missing', failure: 'unreadable', detail: 'nothing is not there' });
  expect(barred).toEqual(['missing', 'missing']);
});

test('what only embeds or reranks is started so, and never with more threads than there are cores', () => {
  expect([toPurpose({ capabilities: ['chat', 'embeddings'] }), toPurpose({ capabilities: ['embeddings'] }), toPurpose({ capabilities: ['rerank', 'embeddings'] }), toPurpose(null)]).toEqual(['generate', 'embed', 'rerank', 'generate']);
  expect([1, 2, 4, 8, 32].map(countThreads)).toEqual([1, 1, 3, 4, 16]);
});
