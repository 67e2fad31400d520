import type { GpuId } from '#contract/ids.ts';
import type { LeaseRefusal } from '#contract/leases.ts';
import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ModelVersion } from '#contract/models.ts';
import type { LoadFailure, UnloadCause } from '#contract/serving.ts';
import type { MemoryPlan } from './memoryPlan.ts';

export type { UnloadCause };

/** Where a load stands: bytes on each device, and in RAM. `part`: of what is split over the devices, all of it being 1. */
export interface Placement {
  readonly shares: readonly { readonly gpuId: GpuId; readonly bytes: number; readonly part: number }[];
  readonly ramBytes: number;
  readonly gpuLayers: number;
  readonly contextTokens: number;
}

/** Somebody who waits for a slot, or for the load alone. Times here and below are on the clock that only grows. */
export interface Waiter {
  readonly requestId: string;
  readonly serial: number;
  readonly priority: number;
  readonly keyId: string | null;
  readonly sinceMs: number;
  readonly wants: 'slot' | 'load';
}

export type Phase =
  | { readonly kind: 'unloaded'; readonly sinceMs: number }
  | { readonly kind: 'queued'; readonly sinceMs: number }
  /** `isBooked`: the ledgers count it already. `signAtMs`: the last sign of life. */
  | { readonly kind: 'loading'; readonly sinceMs: number; readonly placement: Placement; readonly isBooked: boolean; readonly signAtMs: number; readonly progress: number | null }
  | { readonly kind: 'ready'; readonly sinceMs: number; readonly placement: Placement; readonly residentSinceMs: number }
  | { readonly kind: 'busy'; readonly sinceMs: number; readonly placement: Placement; readonly residentSinceMs: number }
  /** Whoever came after `lastSerial` waits for the next load. */
  | { readonly kind: 'draining'; readonly sinceMs: number; readonly placement: Placement; readonly residentSinceMs: number; readonly cause: UnloadCause; readonly lastSerial: number }
  | { readonly kind: 'unloading'; readonly sinceMs: number; readonly placement: Placement; readonly cause: UnloadCause }
  | { readonly kind: 'failed'; readonly sinceMs: number; readonly failure: LoadFailure; readonly detail: string; readonly exitCode: number | null; readonly retryAtMs: number };

export type PlanState =
  | { readonly kind: 'none' }
  | { readonly kind: 'asked' }
  | { readonly kind: 'known'; readonly plan: MemoryPlan };

/** What an engine that ran out of memory is tried with next. */
export type Recovery = 'none' | 'cleared' | 'shrunk';

/** One model in one load configuration: never loaded twice. */
export interface Unit {
  readonly key: string;
  config: ModelConfig;
  readonly version: ModelVersion | null;
  phase: Phase;
  plan: PlanState;
  waiters: readonly Waiter[];
  readonly active: Set<string>;
  /** Its last load, by which the ledgers know it. */
  loadId: string | null;
  /** A newer load has taken its configuration over. */
  isSuperseded: boolean;
  recovery: Recovery;
  contextLimit: number | null;
  /** The part of that which holds for the next load too: an engine has run out of memory with more. */
  provenLimit: number | null;
  failureCount: number;
  crashesAtMs: readonly number[];
  /** The ledger refused what the policy placed: not tried again before. */
  notBeforeMs: number;
  /** Since when somebody else's memory is in its way; null while nobody's is. */
  blockedSinceMs: number | null;
  /** An unload was asked for: it goes once everybody up to here is served, be it by its next load. */
  leaveAfterSerial: number | null;
  refusal: LeaseRefusal | null;
  lastUsedAtMs: number | null;
  /** The last request's wish: seconds, null as configured. */
  keepSeconds: number | null;
  loadMs: number | null;
  loadCount: number;
  crashCount: number;
}

/** Everything that the policy decides on; the actor changes it, the policy reads it. */
export interface SchedulerState { readonly units: ReadonlyMap<string, Unit> }

/** A device as the ledger sees it. `capacityBytes`: the most that a load could ever take there. */
export interface DeviceMemory {
  readonly gpuId: GpuId;
  readonly name: string;
  readonly capacityBytes: number;
  readonly freeBytes: number;
  readonly isDisplayAttached: boolean;
  /** Who else holds memory there, by name. */
  readonly holders: readonly string[];
  /** What each of our loads holds there, as the ledger counts it: more than was planned, or less. */
  readonly heldBytes: ReadonlyMap<string, number>;
}

/** What the policy looks at besides the state. */
export interface SchedulerFacts {
  readonly devices: readonly DeviceMemory[];
  /** While the devices were never read: how long that is waited for. Null once they were. */
  readonly devicesKnownByMs: number | null;
  readonly ram: { readonly capacityBytes: number; readonly freeBytes: number };
  /** How long an idle model stays, where nothing else says so; -1 for ever. */
  readonly ttlSeconds: number;
}

export type Resident = Extract<Phase, { placement: Placement }>;

/** Whether an engine is there, or about to be. */
export function isResident(phase: Phase): phase is Resident {
  return 'placement' in phase;
}

/** Whether requests may run on it. */
export function isServing(phase: Phase): phase is Extract<Phase, { kind: 'ready' | 'busy' | 'draining' }> {
  return phase.kind === 'ready' || phase.kind === 'busy' || phase.kind === 'draining';
}

export function createUnit(key: string, { config, version, nowMs }: { config: ModelConfig; version: ModelVersion | null; nowMs: number }): Unit {
  return {
    key, config, version, phase: { kind: 'unloaded', sinceMs: nowMs }, plan: { kind: 'none' }, waiters: [], active: new Set(), loadId: null, isSuperseded: false, recovery: 'none', contextLimit: null, provenLimit: null,
    failureCount: 0, crashesAtMs: [], notBeforeMs: 0, blockedSinceMs: null, leaveAfterSerial: null, refusal: null, lastUsedAtMs: null, keepSeconds: null, loadMs: null, loadCount: 0, crashCount: 0,
  };
}
