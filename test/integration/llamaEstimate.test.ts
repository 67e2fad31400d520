import { closeSync, constants, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src-main/base/clock.ts';
import { findFitParams, readFitParams } from '../../src-main/platform/llama/fitParams.ts';
import { GgufEstimator } from '../../src-main/platform/llama/ggufEstimator.ts';
import { FakeClock } from '../fakes/facts/fakeClock.ts';
import { makeLargerGguf, makeTinyGguf } from '../fakes/models/makeTinyGguf.ts';
import { findLlamaServer, NO_LLAMA_SERVER } from '../support/llamaServer.ts';
import { aLaunch, LlamaWorld } from '../support/llamaWorld.ts';
import { waitFor } from '../support/waitFor.ts';

let world: LlamaWorld;
let estimator: GgufEstimator;

beforeAll(async () => {
  world = new LlamaWorld();
  estimator = new GgufEstimator({ clock: systemClock, environment: process.env });
  makeTinyGguf(world.path('small.gguf'));
  makeTinyGguf(world.path('wide.gguf'), { hiddenSize: 256, heads: 4, kvHeads: 4, layers: 6, weightType: 'f16' });
  makeLargerGguf(world.path('larger.gguf'));
  await world.server.readAvailability();
});
afterAll(async () => {
  await estimator.stop();
  await world.dispose();
});

const loads = [
  { name: 'small', contextTokens: 1_024, slots: 2, kvType: 'f16' },
  { name: 'wide', contextTokens: 4_096, slots: 1, kvType: 'q8_0' },
  { name: 'larger', contextTokens: 2_048, slots: 4, kvType: 'f16' },
] as const;
const toComparison = (estimated: number, measured: number): string => (Math.abs(estimated - measured) <= 0.1 * measured ? 'close' : `${estimated} for ${measured}`);

test.for(['embedded', 'llama-server'] as const)('the estimate is within a tenth of what %s then takes', async (kind, context) => {
  context.skip(kind === 'llama-server' && findLlamaServer() === null, NO_LLAMA_SERVER);
  for (const { name, contextTokens, slots, kvType } of loads) {
    const settings = { kvTypeK: kvType, kvTypeV: kvType, flashAttention: kvType === 'q8_0' ? 'on' : 'auto' } as const;
    const modelPath = world.path(`${name}.gguf`);
    const { steps: [step] } = await estimator.estimate({ path: modelPath, contextTokens, slots, ...settings, gpuLayers: [0] });
    const engine = await world.start(kind === 'embedded' ? world.embedded : world.server, aLaunch({ modelPath, contextTokens, slots, settings })).whenReady();
    await waitFor(() => engine.memory?.ram.computeBytes, { timeoutMs: 15_000, what: 'the last of its buffers in the log' });
    const measured = engine.memory?.ram;
    await engine.process.stop();

    const parts = ['weightsBytes', 'kvBytes', 'computeBytes'] as const;
    expect({ name, parts: parts.map((part) => toComparison(step?.[part].cpu ?? 0, measured?.[part] ?? 0)) }).toEqual({ name, parts: ['close', 'close', 'close'] });
  }
});

test.runIf(process.platform === 'linux')('nothing that llama.cpp says is lost while its reader is busy', async () => {
  const engine = await world.start(world.embedded, aLaunch({ modelPath: world.path('small.gguf') })).whenReady();
  const flags = Number.parseInt(/flags:\s+(\d+)/.exec(readFileSync(`/proc/${engine.process.pid}/fdinfo/2`, 'utf8'))?.[1] ?? '0', 8);
  await engine.process.stop();

  expect(flags & constants.O_NONBLOCK).toBe(0);
});

test('every number of layers has its need, and none is lost between the sides', async () => {
  const { steps, layerCount, contextTokens, maxContextTokens } = await estimator.estimate({ path: world.path('larger.gguf') });

  const totals = steps.map(({ weightsBytes, kvBytes }) => weightsBytes.gpu + weightsBytes.cpu + kvBytes.gpu + kvBytes.cpu);
  const onGpu = steps.map(({ weightsBytes, kvBytes }) => weightsBytes.gpu + kvBytes.gpu);
  expect({ layerCount, contextTokens, maxContextTokens, steps: steps.map(({ gpuLayers }) => gpuLayers) }).toEqual({ layerCount: 17, contextTokens: 8_192, maxContextTokens: 32_768, steps: Array.from({ length: 18 }, (_, index) => index) });
  expect(Math.max(...totals) / Math.min(...totals)).toBeLessThan(1.01);
  expect(onGpu).toEqual(onGpu.toSorted((a, b) => a - b));
  expect({ first: onGpu[0], lastKv: steps.at(-1)?.kvBytes.cpu }).toEqual({ first: 0, lastKv: 0 });
});

test('a question that comes just when the idle process is ended is answered by the next one', async () => {
  const clock = new FakeClock();
  const idle = new GgufEstimator({ clock, environment: process.env });
  const path = world.path('small.gguf');
  const first = await idle.estimate({ path });
  await clock.advance(30_000);

  const second = await idle.estimate({ path });
  await idle.stop();

  expect([second, clock.pendingCount]).toEqual([first, 0]);
});

test('a header alone tells the same as the whole file', async () => {
  const bytes = Buffer.alloc(64 * 1_024);
  const file = openSync(world.path('larger.gguf'), 'r');
  readSync(file, bytes);
  closeSync(file);
  const whole = await estimator.estimate({ path: world.path('larger.gguf'), gpuLayers: [0, 17] });
  const header = await estimator.estimateHeader({ bytes, sizeBytes: statSync(world.path('larger.gguf')).size }, { gpuLayers: [0, 17] });

  expect(header).toEqual(whole);
});

test('llama.cpp\'s own reckoning agrees in whole MiB', async (context) => {
  const server = findLlamaServer();
  const program = server === null ? null : findFitParams(server);
  context.skip(program === null, NO_LLAMA_SERVER);
  const launch = aLaunch({ modelPath: world.path('larger.gguf'), contextTokens: 2_048, slots: 4 });
  const needs = await readFitParams(program ?? '', { ...launch, modelPath: world.path('larger.gguf') }, process.env);
  const { steps: [step] } = await estimator.estimate({ path: world.path('larger.gguf'), contextTokens: 2_048, slots: 4, gpuLayers: [0] });

  expect(needs).toMatchObject([{ name: 'Host', kvBytes: step?.kvBytes.cpu }]);
  expect(Math.abs((needs[0]?.weightsBytes ?? 0) - (step?.weightsBytes.cpu ?? 0))).toBeLessThan(2 * 1_048_576);
});

test('a file that is no model is refused, and the next question is answered', async () => {
  writeFileSync(world.path('no.gguf'), 'not a model');
  const hostile = Buffer.alloc(64);
  hostile.write('GGUF');
  hostile.writeUInt32LE(3, 4);
  hostile.writeBigUInt64LE(1n, 8);
  hostile.writeBigUInt64LE(1_000_000_000n, 16);
  hostile.writeBigUInt64LE(0xffff_ffff_ffffn, 24);
  writeFileSync(world.path('hostile.gguf'), hostile);

  await expect(estimator.estimate({ path: world.path('no.gguf') })).rejects.toMatchObject({ code: 'model.unreadable' });
  await expect(estimator.estimate({ path: world.path('hostile.gguf') })).rejects.toMatchObject({ code: 'model.unreadable' });
  expect((await estimator.estimate({ path: world.path('small.gguf'), gpuLayers: [0] })).layerCount).toBe(3);
});
