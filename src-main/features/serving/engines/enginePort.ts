import type { EngineKind, ModelConfigSettings } from '#contract/modelConfigs.ts';
import type { Event } from '../../../base/emitter.ts';

/** Where an engine answers HTTP: an origin, through a local socket where `socketPath` is set. */
export interface EngineEndpoint {
  readonly origin: string;
  readonly socketPath: string | null;
  /** Sent with every request, such as the engine's own key. */
  readonly headers: Readonly<Record<string, string>>;
}

export type EngineHealth =
  | { readonly kind: 'loading'; readonly progress: number | null }
  | { readonly kind: 'ready' }
  | { readonly kind: 'silent' };

/** What an engine says about itself as it goes. Memory in bytes, as the engine's own log has it. */
export type EngineReport =
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'progress'; readonly progress: number }
  | { readonly kind: 'memory'; readonly gpu: EngineMemory; readonly ram: EngineMemory }
  | { readonly kind: 'layers'; readonly gpuLayers: number; readonly layerCount: number }
  /** It says that it has loaded. What its health says still decides. */
  | { readonly kind: 'loaded' };

export interface EngineMemory { readonly weightsBytes: number; readonly kvBytes: number; readonly computeBytes: number }

/** What an engine has in memory. `mappedFileBytes`: the part of it that the system could drop and counts as available. */
export interface ResidentMemory { readonly residentBytes: number; readonly mappedFileBytes: number }

/** `tail`: its last lines, at most 200. `failure` is what they show, null where they show nothing known. */
export interface EngineExit { readonly code: number | null; readonly signal: string | null; readonly tail: readonly string[]; readonly failure: 'out_of_memory' | 'unreadable' | 'spawn_failed' | 'missing_engine' | 'unreachable' | null }

/** One engine that was started for one load of one configuration. The engine decides what is true about itself. */
export interface Engine {
  readonly kind: EngineKind;
  /** Null for what is not a process of this machine. */
  readonly pid: number | null;
  /** The mark that its processes carry in WHEELHOUSE_RUN_ID; null for an external one. */
  readonly mark: string | null;
  readonly onDidReport: Event<EngineReport>;
  /** Fires once; also for a process that could not be started. */
  readonly onDidExit: Event<EngineExit>;
  /** Null until it listens. */
  getEndpoint(): EngineEndpoint | null;
  /** Does not throw: an engine that does not answer is `silent`. */
  readHealth(signal: AbortSignal): Promise<EngineHealth>;
  /** Memory of its process tree now; null where that cannot be known. */
  readResident(): Promise<ResidentMemory | null>;
  /** TERM, then KILL after 10 s, the whole group; resolves when the last process is gone. Twice waits for the first. */
  stop(options?: { graceMs?: number }): Promise<void>;
}

/** Everything that a start needs, decided. Paths are absolute. */
export interface EngineLaunch {
  readonly configId: string;
  readonly name: string;
  readonly settings: ModelConfigSettings;
  /** The first file of the weights; null for external engines and containers that bring their own. */
  readonly modelPath: string | null;
  readonly mmprojPath: string | null;
  readonly draftPath: string | null;
  readonly adapters: readonly { readonly name: string; readonly path: string; readonly scale: number }[];
  /** Per slot. */
  readonly contextTokens: number;
  readonly slots: number;
  readonly gpuLayers: number;
  readonly threads: number;
  /** Whether it has a chat, embeds or reranks: engines are started differently for these. */
  readonly purpose: 'generate' | 'embed' | 'rerank';
  /** The variables that show it its devices and no others. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts engines of one kind. `start` returns at once and does not throw: what goes wrong is an exit. */
export interface EngineStarter {
  readonly kind: EngineKind;
  /** Why it cannot start anything on this machine; null when it can. */
  readAvailability(): Promise<{ readonly kind: 'there'; readonly version: string | null } | { readonly kind: 'missing'; readonly reason: string }>;
  start(launch: EngineLaunch): Engine;
}
