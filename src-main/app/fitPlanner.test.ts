import { expect, test } from 'vitest';
import type { ModelConfigSettings } from '#contract/modelConfigs.ts';
import type { ModelVersion } from '#contract/models.ts';
import { aConfig, aVersion } from '../../test/fakes/serving/aModel.ts';
import type { LoadPlan, MemoryEstimate } from '../features/models/index.ts';
import { FitPlanner } from './fitPlanner.ts';

const LAYERS = 4;
/** What a process takes for itself: of a GPU, of the RAM. */
const [OWN_GPU, OWN_RAM, COMPUTE] = [50, 5, 10];

/** So many bytes of weights over all layers; a cache that grows with the context. */
function aPlan(weights: number, cache: number, projector: number): LoadPlan {
  const at = (gpuLayers: number): MemoryEstimate => {
    const onGpu = ((weights + cache) * gpuLayers) / LAYERS;
    const side = (bytes: number, overheadBytes: number): MemoryEstimate['gpu'] => ({ weightsBytes: bytes, kvBytes: 0, computeBytes: COMPUTE, overheadBytes, totalBytes: bytes + COMPUTE + overheadBytes });
    const none = { weightsBytes: 0, kvBytes: 0, computeBytes: 0, overheadBytes: 0, totalBytes: 0 };
    return { gpu: gpuLayers === 0 ? none : side(onGpu, OWN_GPU + projector), ram: side(weights + cache - onGpu, OWN_RAM + (gpuLayers === 0 ? projector : 0)), gpuLayers, layerCount: LAYERS, source: 'insights' };
  };
  const steps = Array.from({ length: LAYERS + 1 }, (_, gpuLayers) => ({ gpuLayers, gpuBytes: at(gpuLayers).gpu.totalBytes, ramBytes: at(gpuLayers).ram.totalBytes }));
  return { steps, layerCount: LAYERS, contextTokens: 1_000, deviceOverheadBytes: OWN_GPU + COMPUTE, estimated: { layerCount: LAYERS, at } };
}

const versions = [aVersion('m', { sizeBytes: 4_000 }), aVersion('small', { sizeBytes: 400 }), aVersion('lora', { kind: 'adapter', sizeBytes: 80 }), aVersion('eyes', { sizeBytes: 300 })];

/** The model alone has a projector of 20 bytes; one token of one slot takes a byte. */
async function planWith(set: Partial<ModelConfigSettings>): Promise<Record<string, number[] | number>> {
  const planner = new FitPlanner({
    fits: {
      planLoad: (version, { contextTokens, slots }, options) => Promise.resolve(aPlan(version.sizeBytes, (contextTokens ?? 0) * slots, options?.projectorBytes ?? 20)),
      recordMeasurement: () => undefined,
    },
    findVersion: (reference): ModelVersion | null => versions.find(({ modelName }) => modelName === reference) ?? null,
  });
  const { steps, deviceOverheadBytes } = await planner.plan({ version: aVersion('m', { sizeBytes: 4_000 }), settings: aConfig('m', { contextTokens: 1_000, slots: 2, ...set }), contextLimit: null });
  const [inRam, half, onGpu] = [0, 2, 4].map((gpuLayers) => { const step = steps[gpuLayers]; return [step?.gpuBytes ?? 0, step?.ramBytes ?? 0]; });
  return { inRam: inRam ?? [], half: half ?? [], onGpu: onGpu ?? [], deviceOverheadBytes };
}

const lora = { model: 'lora', scale: 1 };
const draft = { model: 'small', maxTokens: 16, minTokens: 0 };

test.each([
  { what: 'the model alone', set: {}, inRam: [0, 6_035], half: [3_080, 3_015], onGpu: [6_080, 15], deviceOverheadBytes: 60 },
  { what: 'adapters, beside the layers that they change', set: { adapters: [lora, lora] }, inRam: [0, 6_195], half: [3_160, 3_095], onGpu: [6_240, 15], deviceOverheadBytes: 60 },
  { what: 'a projector that is named, in place of the model\'s own', set: { mmproj: 'eyes' }, inRam: [0, 6_315], half: [3_360, 3_015], onGpu: [6_360, 15], deviceOverheadBytes: 60 },
  { what: 'a draft model with its cache, whole where any layer is on a GPU', set: { draft }, inRam: [0, 6_035 + 2_410], half: [3_080 + 2_410, 3_015 + 10], onGpu: [6_080 + 2_410, 15 + 10], deviceOverheadBytes: 70 },
  { what: 'no projector and no draft for the embedded engine, which knows neither', set: { engine: 'embedded' as const, draft, mmproj: 'eyes' }, inRam: [0, 6_015], half: [3_060, 3_015], onGpu: [6_060, 15], deviceOverheadBytes: 60 },
  { what: 'nothing for what is not there', set: { draft: { ...draft, model: 'gone' }, adapters: [{ model: 'gone', scale: 1 }] }, inRam: [0, 6_035], half: [3_080, 3_015], onGpu: [6_080, 15], deviceOverheadBytes: 60 },
])('a plan counts $what', async ({ set, what: _what, ...expected }) => {
  expect(await planWith(set)).toEqual(expected);
});
