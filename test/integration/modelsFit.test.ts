import { copyFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '#contract/errors.ts';
import { loadShape, type MemoryNeed } from '#contract/fits.ts';
import type { ModelVersion } from '#contract/models.ts';
import { FitPlanner } from '../../src-main/app/fitPlanner.ts';
import { systemClock } from '../../src-main/base/clock.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { CorrectionRepository, FitService, HeaderEstimator, InsightsEstimator } from '../../src-main/features/models/index.ts';
import { GgufEstimator, type EstimateInput } from '../../src-main/platform/llama/ggufEstimator.ts';
import { WorkerModelFileReader } from '../../src-main/platform/modelFiles/workerModelFileReader.ts';
import { openMemoryDatabase } from '../fakes/facts/aGpu.ts';
import { FakeClock } from '../fakes/facts/fakeClock.ts';
import { makeLargerGguf, makeTinyGguf } from '../fakes/models/makeTinyGguf.ts';
import { aConfig, aVersion } from '../fakes/serving/aModel.ts';
import { findLlamaServer, NO_LLAMA_SERVER } from '../support/llamaServer.ts';
import { aLaunch, LlamaWorld, type StartedEngine } from '../support/llamaWorld.ts';
import { waitFor } from '../support/waitFor.ts';

const GIB = 1024 ** 3;
const guide = fileURLToPath(new URL('../../resources/models/wheelhouse-guide.gguf', import.meta.url));
let world: LlamaWorld;
let reader: WorkerModelFileReader;
let insights: CountedInsights;
let estimator: InsightsEstimator;

/** The process that estimates, with what it was asked. */
class CountedInsights extends GgufEstimator {
  readonly asked: string[] = [];
  most = 0;
  #open = 0;

  override async estimate(input: EstimateInput): ReturnType<GgufEstimator['estimate']> {
    this.asked.push(input.path);
    this.#open += 1;
    this.most = Math.max(this.most, this.#open);
    return super.estimate(input).finally(() => { this.#open -= 1; });
  }
}

beforeAll(async () => {
  world = new LlamaWorld();
  reader = new WorkerModelFileReader({ clock: systemClock });
  insights = new CountedInsights({ clock: systemClock, environment: process.env });
  estimator = new InsightsEstimator({ insights, fallback: new HeaderEstimator(reader), clock: systemClock, log: silentLog });
  copyFileSync(guide, world.path('guide.gguf'));
  makeTinyGguf(world.path('wide.gguf'), { hiddenSize: 256, heads: 4, kvHeads: 4, layers: 6, weightType: 'f16' });
  makeLargerGguf(world.path('larger.gguf'));
  await world.server.readAvailability();
});
afterAll(async () => {
  await estimator.stop();
  await reader.stop();
  await world.dispose();
});

function aModel(name: string): ModelVersion {
  const path = world.path(`${name}.gguf`);
  return aVersion(name, { path, sizeBytes: statSync(path).size, files: [{ path: `${name}.gguf`, sizeBytes: statSync(path).size, sha256: null, role: 'weights' }] });
}

function aService(known: readonly string[] = []): FitService {
  const database = openMemoryDatabase();
  for (const name of known) {
    database.prepare('INSERT INTO models (id, name, created_at_ms) VALUES (?, ?, 0)').run(`model_${name}`, name);
    database.prepare("INSERT INTO model_versions (id, model_id, label, format, kind, family, size_bytes, source, facts, created_at_ms) VALUES (?, ?, 'F32', 'gguf', 'model', 'llama', 1, '{}', '{}', 0)").run(`version_${name}`, `model_${name}`);
  }
  return new FitService({
    estimator, ledger: { ledger: () => ({ devices: [] }), check: () => Promise.reject(new Error('not asked')) }, corrections: new CorrectionRepository(database), clock: systemClock, isReadOnly: false,
    readRam: () => ({ availableBytes: 64 * GIB, totalBytes: 64 * GIB }), listPaths: ({ path }) => (path === null ? [] : [path]),
  });
}

const ownOf = ({ weightsBytes, kvBytes, computeBytes }: Pick<MemoryNeed, 'weightsBytes' | 'kvBytes' | 'computeBytes'>): number => weightsBytes + kvBytes + computeBytes;

const loads = [
  { name: 'guide', contextTokens: 1_024, slots: 4, kvType: 'f16' },
  { name: 'wide', contextTokens: 4_096, slots: 1, kvType: 'q8_0' },
  { name: 'larger', contextTokens: 2_048, slots: 2, kvType: 'f16' },
] as const;

type Load = (typeof loads)[number];

type Memory = NonNullable<StartedEngine['memory']>;

/** Loads it, and gives the buffers that the engine names; loads it again where its log lacks one of them. */
async function measure(kind: 'embedded' | 'llama-server', load: Load, settings: Parameters<typeof aLaunch>[0]['settings'] & object): Promise<Memory> {
  return waitFor(() => measureOnce(kind, load, settings), { timeoutMs: 60_000, what: `the buffers of ${kind}` });
}

async function measureOnce(kind: 'embedded' | 'llama-server', { name, contextTokens, slots }: Load, settings: Parameters<typeof aLaunch>[0]['settings'] & object): Promise<Memory> {
  const engine = await world.start(kind === 'embedded' ? world.embedded : world.server, aLaunch({ modelPath: world.path(`${name}.gguf`), contextTokens, slots, settings })).whenReady();
  const readWhole = (): Memory | null => {
    const { memory } = engine;
    return memory !== undefined && memory.ram.weightsBytes > 0 && memory.ram.kvBytes > 0 && memory.ram.computeBytes > 0 ? memory : null;
  };
  try {
    return await waitFor(readWhole, { timeoutMs: 3_000, what: `the buffers of ${kind}` });
  } finally {
    await engine.process.stop();
  }
}

test.for(['embedded', 'llama-server'] as const)('a fit is within a tenth of what %s then takes, and what it took teaches a factor that is as near to one', { timeout: 200_000 }, async (kind, context) => {
  context.skip(kind === 'llama-server' && findLlamaServer() === null, NO_LLAMA_SERVER);
  const service = aService(loads.map(({ name }) => name));
  const planner = new FitPlanner({ fits: service, findVersion: () => null });
  for (const load of loads) {
    const { name, contextTokens, slots, kvType } = load;
    const settings = { kvTypeK: kvType, kvTypeV: kvType, flashAttention: kvType === 'q8_0' ? 'on' : 'auto' } as const;
    const question = { version: aModel(name), settings: aConfig(name, { contextTokens, slots, ...settings }), contextLimit: null };
    const fit = await service.estimate(question.version, loadShape.parse({ contextTokens, slots, ...settings }));
    await planner.plan(question);

    const { gpu: reportedGpu, ram: reportedRam } = await measure(kind, load, settings);
    planner.recordMeasurement({ ...question, engine: kind, contextTokens, gpuLayers: 0, deviceCount: 0, estimatedGpuBytes: 0, estimatedRamBytes: fit.ram.totalBytes, measuredGpuBytes: null, measuredRamBytes: 900_000_000, reportedGpu, reportedRam });

    const ratio = ownOf(fit.ram) / ownOf(reportedRam);
    const { correction, measuredCount } = service.getCorrection(question.version.id, kind);
    expect({ name, source: fit.source, isClose: ratio > 0.9 && ratio < 1.1, measuredCount }, `${name}: ${ratio}`).toEqual({ name, source: 'insights', isClose: true, measuredCount: 1 });
    expect(correction).toBeCloseTo(1 / ratio, 3);
  }
});

test.runIf(process.platform === 'linux')('what the embedded engine takes of the RAM, its program\'s own pages left out, is what a fit says', { timeout: 200_000 }, async () => {
  const shape = { contextTokens: 8_192, slots: 4 };
  const fit = await aService().estimate(aModel('guide'), loadShape.parse(shape));
  const engine = await world.start(world.embedded, aLaunch({ modelPath: world.path('guide.gguf'), ...shape })).whenReady();
  await engine.chat({ max_tokens: 50 });
  const { residentBytes, mappedFileBytes } = await waitFor(() => engine.process.readResident(), { what: 'its memory' });
  await engine.process.stop();

  const ratio = fit.ram.totalBytes / (residentBytes - mappedFileBytes + fit.ram.weightsBytes);
  expect(ratio > 0.95 && ratio < 1.15, `${ratio}`).toBe(true);
});

test('rows of a table ask the process one after the other, and never twice for the same', async () => {
  const before = insights.asked.length;
  insights.most = 0;
  const service = aService();
  const load = loadShape.parse({ contextTokens: 768 });

  const fits = await Promise.all(['guide', 'wide', 'larger', 'guide', 'wide', 'larger'].map((name) => service.estimate(aModel(name), load)));
  await aService().planLoad(aModel('guide'), load);

  expect({ asked: insights.asked.length - before, most: insights.most, sources: [...new Set(fits.map(({ source }) => source))] }).toEqual({ asked: 3, most: 1, sources: ['insights'] });
});

test('every layer that moves to a GPU moves its weights there, and all of it is somewhere', async () => {
  const { steps, layerCount } = await aService().planLoad(aModel('larger'), loadShape.parse({ contextTokens: 1_024 }));

  const onGpu = steps.map(({ gpuBytes }) => gpuBytes);
  expect({ steps: steps.length, first: onGpu[0] }).toEqual({ steps: layerCount + 1, first: 0 });
  expect(onGpu).toEqual(onGpu.toSorted((a, b) => a - b));
});

test('where the process cannot tell, the header does; a load does not wait for one that is late', async () => {
  const clock = new FakeClock();
  const question = { paths: [world.path('wide.gguf')], sizeBytes: 1, format: 'gguf', contextTokens: 1_024, slots: 1, kvTypeK: 'f16', kvTypeV: 'f16', batchTokens: 512, flashAttention: 'auto', isEmbedding: false } as const;
  const answers = [Promise.reject(new AppError('model.unreadable', 'no', { path: '', reason: '' })), new Promise<never>(() => undefined)];
  let asked = 0;
  const own = new InsightsEstimator({ insights: { estimate: () => answers[asked++] ?? Promise.reject(new Error('asked too often')), stop: async () => undefined }, fallback: new HeaderEstimator(reader), clock, log: silentLog });

  const refused = (await own.estimate(question)).at(0).source;
  const again = (await own.estimate(question)).at(0).source;
  await clock.advance(60_000);
  const late = own.estimate(question, { withinMs: 1_500 });
  await clock.advance(1_500);

  expect([refused, again, (await late).at(0).source, asked]).toEqual(['file_size', 'file_size', 'file_size', 2]);
});
