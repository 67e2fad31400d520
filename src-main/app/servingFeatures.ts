import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { DisposableStack } from '../base/disposables.ts';
import type { Logger } from '../base/logger.ts';
import type { GpuSampler, LeaseService } from '../features/gpus/index.ts';
import type { JournalService } from '../features/journal/index.ts';
import { ConfigRepository, ConfigService, ContainerEngineStarter, EngineRecords, EngineShelf, ExchangeBook, ExternalEngineStarter, LaunchPlanner, LeaseGpuMemory, RamLedger, recordEngines, Scheduler, ServedModelView, ServingService, type EngineStarter, type MemoryPlanner, type ModelCatalog } from '../features/serving/index.ts';
import type { SettingsService } from '../features/settings/index.ts';
import { removeEngineFiles } from '../platform/llama/engineSocket.ts';
import type { OpenedDatabase } from '../platform/sqlite/database.ts';
import { readRam } from '../platform/workstation/ramReading.ts';
import type { AppConfig } from './config.ts';

interface Surroundings {
  config: Pick<AppConfig, 'home' | 'run' | 'environment'>;
  opened: OpenedDatabase;
  journal: JournalService;
  settings: SettingsService;
  gpus: GpuSampler;
  leases: LeaseService;
  catalog: ModelCatalog;
  planner: MemoryPlanner;
  /** The engines of llama.cpp. */
  starters: readonly EngineStarter[];
  endMarked: (mark: string) => Promise<void>;
  /** Where the port listens; null while it does not. */
  getAddress: () => string | null;
  clock: Clock;
  log: Logger;
}

/** Models that are served: how, by what, where and for whom. */
export interface ServingFeatures {
  readonly configs: ConfigService;
  readonly serving: ServingService;
  /** What the port asks for slots. */
  readonly scheduler: Scheduler;
  readonly book: ExchangeBook;
  /** Ends what the backend before left behind, then follows models, engines and settings. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const MIB = 1024 * 1024;
/** One key may have half of the queue, so that it never shuts the others out. */
const KEY_SHARE = 0.5;
const LOOK_FOR_ENGINES_MS = 60_000;

/** Builds configurations, engines, the scheduler and what clients see of them. */
export function createServingFeatures(surroundings: Surroundings): ServingFeatures {
  const { config, opened, journal, settings, leases, catalog, endMarked, getAddress, clock, log } = surroundings;
  const records = new EngineRecords({ folder: join(config.run, 'engines'), endMarked, removeFiles: (mark) => { removeEngineFiles(config.home, mark); }, clock, log });
  const shelf = createShelf(surroundings, records);
  const configs = new ConfigService({ repository: new ConfigRepository(opened.database), catalog, journal, clock, onDidChangeEngines: shelf.onDidChange, hasEngine: (one, version) => shelf.choose(one, version).kind === 'starter' });
  const book = new ExchangeBook({ clock });
  const scheduler = createScheduler(surroundings, shelf);
  const view = new ServedModelView({ scheduler, shelf, getVersion: (one) => configs.getVersion(one), getTtlSeconds: () => settings.get('serving.ttlSeconds'), clock });
  const serving = new ServingService({ scheduler, configs, shelf, view, requests: book, getAddress, clock, log });
  const stack = new DisposableStack();
  return {
    configs, serving, scheduler, book,
    start: async () => {
      await records.reap();
      leases.endAdoption('engine');
      await shelf.refresh();
      const lookAgain = (): void => { shelf.refresh().catch((error: unknown) => { log.error('engine.look_failed', { error }); }); };
      stack.add(settings.onDidChange(({ key }) => { if (key === 'serving.llamaServer' || key === 'serving.engine') lookAgain(); }));
      stack.defer(clock.every(LOOK_FOR_ENGINES_MS, lookAgain));
      stack.add(recordEngines(scheduler, journal));
      configs.start();
      serving.start();
    },
    stop: async () => {
      stack.dispose();
      configs.stop();
      await serving.stop();
    },
  };
}

function createShelf({ config, settings, starters, clock, log }: Surroundings, records: EngineRecords): EngineShelf {
  const external = new ExternalEngineStarter({ clock, fetch, readSecret: (name) => config.environment[name] ?? null });
  const container = new ContainerEngineStarter({ runtime: null, fetch });
  return new EngineShelf({ starters: [...starters.map((starter) => records.recording(starter)), container, external], getPreferred: () => settings.get('serving.engine'), log });
}

function createScheduler({ settings, gpus, leases, catalog, planner, clock, log }: Surroundings, shelf: EngineShelf): Scheduler {
  const launches = new LaunchPlanner({ catalog, shelf });
  const ram = new RamLedger({ readRam, getReserveBytes: () => settings.get('serving.ramReserveMib') * MIB });
  return new Scheduler({
    clock, log, memory: { gpus: new LeaseGpuMemory({ leases, readings: gpus }), ram, planner },
    findVersion: (one) => (one.versionId === null || one.engine === 'external' ? null : catalog.find(one.versionId)),
    planLaunch: (one, version, placement) => launches.plan(one, version, placement),
    getLimits: () => {
      const limit = settings.get('serving.queueLimit');
      return { all: limit, model: limit, key: Math.ceil(limit * KEY_SHARE), ttlSeconds: settings.get('serving.ttlSeconds') };
    },
  });
}
