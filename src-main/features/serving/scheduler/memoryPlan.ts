import type { ModelConfigSettings } from '#contract/modelConfigs.ts';
import type { ModelVersion } from '#contract/models.ts';
import type { EngineMemory } from '../engines/enginePort.ts';

/** What a load takes with so many of its layers on GPUs. `gpuBytes` is on one device, everything of its own there included. */
export interface MemoryStep { readonly gpuLayers: number; readonly gpuBytes: number; readonly ramBytes: number }

/** The memory that one load needs, as far as it can be told before. */
export interface MemoryPlan {
  /** Ascending by `gpuLayers`, from 0 to all; a model that is not llama.cpp's may have one step only. */
  readonly steps: readonly MemoryStep[];
  readonly layerCount: number;
  /** Per slot. */
  readonly contextTokens: number;
  /** What each device takes for itself when a model is split: context, compute buffers. */
  readonly deviceOverheadBytes: number;
}

export interface MemoryQuestion {
  readonly version: ModelVersion;
  readonly settings: ModelConfigSettings;
  /** A smaller context than the settings say, after the memory was not enough. */
  readonly contextLimit: number | null;
}

/** What a load really took; null where nothing told. `measured…`: what its driver and the system count, the process's own share included. */
export interface MemoryMeasurement extends MemoryQuestion {
  readonly engine: string;
  readonly contextTokens: number;
  readonly gpuLayers: number;
  readonly estimatedGpuBytes: number;
  readonly estimatedRamBytes: number;
  readonly measuredGpuBytes: number | null;
  readonly measuredRamBytes: number | null;
  /** How many devices it was split over. */
  readonly deviceCount: number;
  /** Its buffers as the engine itself names them. */
  readonly reportedGpu: EngineMemory | null;
  readonly reportedRam: EngineMemory | null;
}

/** Tells what a load needs, and learns from what it took. */
export interface MemoryPlanner {
  /** Rejects when the weights cannot be read. */
  plan(question: MemoryQuestion): Promise<MemoryPlan>;
  /** Does not throw. */
  recordMeasurement(measurement: MemoryMeasurement): void;
}

/** What runs elsewhere takes nothing here. */
export const NO_MEMORY: MemoryPlan = { steps: [{ gpuLayers: 0, gpuBytes: 0, ramBytes: 0 }], layerCount: 0, contextTokens: 0, deviceOverheadBytes: 0 };
