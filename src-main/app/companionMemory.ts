import type { LoadPlan } from '../features/models/index.ts';
import type { MemoryPlan, MemoryStep } from '../features/serving/index.ts';

/** Adds adapters: their parts lie beside the layers that they change. Source: llama.cpp's `llama_adapter_lora_init_impl`. */
export function addAdapters(plan: MemoryPlan, bytes: number): MemoryPlan {
  return changeSteps(plan, ({ gpuLayers, gpuBytes, ramBytes }) => {
    const onGpuBytes = plan.layerCount === 0 ? 0 : Math.ceil((bytes * gpuLayers) / plan.layerCount);
    return { gpuLayers, gpuBytes: gpuBytes + onGpuBytes, ramBytes: ramBytes + bytes - onGpuBytes };
  });
}

/**
 * Adds a draft model: whole on the GPUs as soon as any layer is there, else in RAM. It lives in the same process, so what a
 * process takes for itself counts once. Source: llama-server's `common_base_params_to_speculative`.
 */
export function addDraft(plan: MemoryPlan, { steps, layerCount, estimated, deviceOverheadBytes }: LoadPlan): MemoryPlan {
  const toOwn = (step: MemoryStep | undefined): Omit<MemoryStep, 'gpuLayers'> => {
    const { gpu, ram } = estimated.at(step?.gpuLayers ?? 0);
    return { gpuBytes: (step?.gpuBytes ?? 0) - gpu.overheadBytes, ramBytes: (step?.ramBytes ?? 0) - ram.overheadBytes };
  };
  const [inRam, onGpu] = [toOwn(steps.at(0)), toOwn(steps.at(-1))];
  const withDraft = changeSteps(plan, ({ gpuLayers, gpuBytes, ramBytes }) => {
    const own = gpuLayers === 0 ? inRam : onGpu;
    return { gpuLayers, gpuBytes: gpuBytes + own.gpuBytes, ramBytes: ramBytes + own.ramBytes };
  });
  return { ...withDraft, deviceOverheadBytes: plan.deviceOverheadBytes + deviceOverheadBytes - estimated.at(layerCount).gpu.overheadBytes };
}

function changeSteps(plan: MemoryPlan, change: (step: MemoryStep) => MemoryStep): MemoryPlan {
  return { ...plan, steps: plan.steps.map(change) };
}
