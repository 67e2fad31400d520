import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ModelVersion } from '#contract/models.ts';
import type { LoadFailure } from '#contract/serving.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import type { EngineLaunch, EngineStarter } from '../engines/enginePort.ts';
import type { MemoryPlanner } from './memoryPlan.ts';
import type { GpuMemory } from './memoryPorts.ts';
import type { QueueLimits } from './queuePolicy.ts';
import type { RamLedger } from './ramLedger.ts';
import type { Placement } from './schedulerState.ts';

/** How a load is started, or why it cannot be. */
export type LaunchPlan =
  | { readonly kind: 'launch'; readonly starter: EngineStarter; readonly launch: Omit<EngineLaunch, 'environment'> }
  | { readonly kind: 'missing'; readonly failure: LoadFailure; readonly detail: string };

export interface SchedulerDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly memory: { readonly gpus: GpuMemory; readonly ram: RamLedger; readonly planner: MemoryPlanner };
  /** The weights that are loaded here for a configuration; null where they are elsewhere. */
  readonly findVersion: (config: ModelConfig) => ModelVersion | null;
  readonly planLaunch: (config: ModelConfig, version: ModelVersion | null, placement: Placement) => LaunchPlan;
  readonly getLimits: () => QueueLimits & { readonly ttlSeconds: number };
}
