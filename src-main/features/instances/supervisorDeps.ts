import type { GpuReading } from '#contract/gpus.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { ProcessTable } from '../../platform/process/processTable.ts';
import type { PtyHost } from '../../platform/pty/ptyHost.ts';
import type { BlueprintLibrary } from '../blueprints/index.ts';
import type { GpuLeases, MpsSharing } from '../gpus/index.ts';
import type { JournalService } from '../journal/index.ts';
import type { RunService } from '../runs/index.ts';
import type { EnvironmentLock } from './environmentLock.ts';
import type { InstanceRepository } from './instanceRepository.ts';
import { DEFAULT_SILENCE, type SilenceLimits } from './lifecyclePolicy.ts';
import type { PortService } from './portService.ts';
import type { StartQueue } from './startQueue.ts';

/** Where things lie and what scripts are given. */
export interface InstancePlaces {
  readonly instances: string;
  readonly trash: string;
  /** What instances share by links. */
  readonly shared: string;
  /** What stock scripts share. */
  readonly blueprintLib: string;
  /** The backend's own environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What `versions.env` says. */
  readonly versions: Readonly<Record<string, string>>;
  readonly platform: string;
}

/** How often a started app is looked at, and how long it may be silent. */
export interface SupervisorTiming {
  readonly startedPollMs: number;
  /** How often a started app is asked for an answer; in between it is enough that it listens. */
  readonly startedAskMs: number;
  readonly orphanedTreePollMs: number;
  /** How long helpers may outlive a script that failed. */
  readonly leftoversMs: number;
  readonly silence: SilenceLimits;
}
export const DEFAULT_TIMING: SupervisorTiming = { startedPollMs: 5_000, startedAskMs: 60_000, orphanedTreePollMs: 500, leftoversMs: 5_000, silence: DEFAULT_SILENCE };

/** What is written down. */
export interface Records {
  readonly repository: InstanceRepository;
  readonly runs: RunService;
  readonly journal: JournalService;
}

/** The world outside. */
export interface Machine {
  readonly processes: ProcessTable;
  readonly host: PtyHost;
  readonly clock: Clock;
  readonly log: Logger;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly readGpus: () => Promise<GpuReading>;
}

/** What instances share and wait for. */
export interface Shared {
  readonly library: BlueprintLibrary;
  readonly ports: PortService;
  readonly queue: StartQueue;
  readonly locks: EnvironmentLock;
  readonly gpuLeases: GpuLeases;
  /** What a run needs where its device is shared. */
  readonly gpuSharing: Pick<MpsSharing, 'environmentOf'>;
  /** Whether an instance of a blueprint runs. */
  readonly isBlueprintRunning: (reference: string) => boolean;
}

export interface SupervisorDeps {
  readonly records: Records;
  readonly machine: Machine;
  readonly shared: Shared;
  readonly places: InstancePlaces;
  readonly timing: SupervisorTiming;
}
