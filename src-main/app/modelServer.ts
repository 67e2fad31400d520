import { fileURLToPath } from 'node:url';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { ServedModel } from '#contract/serving.ts';
import type { ModelPortCarrier } from '../api/carriers/modelPortCarrier.ts';
import { Emitter } from '../base/emitter.ts';
import type { Clock } from '../base/clock.ts';
import { DisposableStack, type Disposable } from '../base/disposables.ts';
import type { Logger } from '../base/logger.ts';
import type { GpuSampler, LeaseService } from '../features/gpus/index.ts';
import type { JournalService } from '../features/journal/index.ts';
import type { ApiKeyService, ConfigService, MemoryPlanner, ModelCatalog, ModelControl, ServingService, UsageLedger } from '../features/serving/index.ts';
import type { SettingsService } from '../features/settings/index.ts';
import { findSetpriv } from '../platform/llama/guardedCommand.ts';
import { LlamaEngineStarter } from '../platform/llama/llamaEngineStarter.ts';
import { findLlamaServerProgram } from '../platform/llama/llamaServerProgram.ts';
import { LlamaServerStarter } from '../platform/llama/llamaServerStarter.ts';
import type { ProcessTable } from '../platform/process/processTable.ts';
import type { OpenedDatabase } from '../platform/sqlite/database.ts';
import type { AppConfig } from './config.ts';
import { createPortFeatures } from './portFeatures.ts';
import { createServingFeatures, type ServingFeatures } from './servingFeatures.ts';

interface Surroundings {
  config: Pick<AppConfig, 'home' | 'run' | 'environment' | 'version' | 'llamaBuilds'>;
  opened: OpenedDatabase;
  journal: JournalService;
  settings: SettingsService;
  gpus: GpuSampler;
  leases: LeaseService;
  processes: ProcessTable;
  catalog: ModelCatalog;
  planner: MemoryPlanner;
  /** A model was asked; told at most once a minute for each. */
  markUsed: (versionId: ModelVersionId) => void;
  endMarked: (mark: string) => Promise<void>;
  apiKeySecret: string;
  getAddress: () => string | null;
  /** The entry of the embedded engine where it is not the source, such as in the packed app. */
  engineEntry?: string | undefined;
  clock: Clock;
  log: Logger;
}

/** Models that are served, and the port at which they are asked. */
export interface ModelServer {
  readonly configs: ConfigService;
  readonly serving: ServingService;
  readonly apiKeys: ApiKeyService;
  readonly usage: UsageLedger;
  readonly carrier: ModelPortCarrier;
  /** What is added to the page at /metrics. */
  readonly renderMetrics: () => string;
  start(): Promise<void>;
  /** Refuses requests from now on and ends what is being answered, while clients are still connected. */
  closePort(): Promise<void>;
  /** Ends what is being answered, then every engine. */
  stop(): Promise<void>;
}

const NOTE_USE_EVERY_MS = 60_000;
const ENGINE_ENTRY = fileURLToPath(new URL('../llamaEngine/main.ts', import.meta.url));

/** Builds engines, scheduler and port, and joins them. */
export function createModelServer(surroundings: Surroundings): ModelServer {
  const { opened, journal, settings, config, apiKeySecret, clock, log } = surroundings;
  const features = createServingFeatures({ ...surroundings, starters: createStarters(surroundings) });
  const { configs, serving, scheduler, book } = features;
  const { control, follow } = toModelControl(features);
  const port = createPortFeatures({ opened, journal, settings, apiKeySecret, version: config.version, serving: { models: configs, control, slots: scheduler, onDidTransition: scheduler.onDidTransition }, book, clock, log });
  const stack = new DisposableStack();
  return {
    configs, serving, apiKeys: port.apiKeys, usage: port.usage, carrier: port.carrier, renderMetrics: port.renderMetrics,
    start: async () => {
      stack.add(follow());
      stack.add(noteUse(features, surroundings));
      await features.start();
      await port.start();
    },
    closePort: () => port.close(),
    stop: async () => {
      await port.stop();
      await features.stop();
      stack.dispose();
    },
  };
}

function createStarters({ config, settings, processes, engineEntry, clock }: Surroundings): [LlamaEngineStarter, LlamaServerStarter] {
  const environment = Object.fromEntries(Object.entries(config.environment).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const shared = { clock, processes, home: config.home, environment };
  return [
    new LlamaEngineStarter({ ...shared, executablePath: process.execPath, entryPath: engineEntry ?? ENGINE_ENTRY }),
    new LlamaServerStarter({
      ...shared, setprivPath: findSetpriv(),
      findProgram: () => findLlamaServerProgram({ configuredPath: settings.get('serving.llamaServer'), toolchainPaths: [], path: environment['PATH'] ?? '', cacheFolder: config.llamaBuilds }),
    }),
  ];
}

/** A request that was answered marks its model as used. */
function noteUse({ book }: ServingFeatures, { markUsed, opened, clock }: Surroundings): Disposable {
  const notedAtMs = new Map<ModelVersionId, number>();
  return book.onDidEnd(({ facts: { config } }) => {
    const versionId = config?.versionId ?? null;
    const nowMs = clock.monotonicMs();
    if (opened.isReadOnly || versionId === null || nowMs - (notedAtMs.get(versionId) ?? -NOTE_USE_EVERY_MS) < NOTE_USE_EVERY_MS) return;
    notedAtMs.set(versionId, nowMs);
    markUsed(versionId);
  });
}

/** What the port asks of the models beside slots. */
function toModelControl({ configs, serving }: ServingFeatures): { control: ModelControl; follow: () => ReturnType<ServingService['onDidTransition']> } {
  const didChange = new Emitter<ServedModel>();
  return {
    control: {
      list: () => serving.list(), load: (one) => serving.load(one), unload: (one, options) => serving.unload(one, options), readLog: (one) => serving.readLog(one),
      getEndpoint: (configId) => serving.getEndpoint(configId), onDidChange: didChange.event, onDidLog: serving.onDidLog,
    },
    follow: () => serving.onDidTransition(({ configId }) => {
      // Often there is nobody, and each request changes its model's state twice.
      const config = didChange.hasListeners ? configs.find(configId) : null;
      if (config !== null) didChange.fire(serving.describe(config));
    }),
  };
}
