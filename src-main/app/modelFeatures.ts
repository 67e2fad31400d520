import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#contract/errors.ts';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { RemovalPlan } from '#contract/models.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { BlobFinder, DownloadBook, DownloadPlanner, DownloadQueue, DownloadRepository, DownloadService } from '../features/downloads/index.ts';
import type { JournalService } from '../features/journal/index.ts';
import type { LeaseService } from '../features/gpus/index.ts';
import { createHeaderFit, createLocalModels, FitCalls, type FitService, groupHubFiles, HubService, type MemoryBudget } from '../features/models/index.ts';
import type { SettingsService } from '../features/settings/index.ts';
import { readFreeBytes } from '../platform/files/folderFacts.ts';
import type { Hub } from '../platform/hub/hub.ts';
import { GGUF_WORKER_PATH, HuggingFaceHub } from '../platform/hub/huggingFaceHub.ts';
import type { OpenedDatabase } from '../platform/sqlite/database.ts';
import { ProcessTransfers } from '../platform/transfer/processTransfers.ts';
import { readRam } from '../platform/workstation/ramReading.ts';
import type { AppConfig } from './config.ts';
import { createRegistryFeatures, type RegistryFeatures } from './registryFeatures.ts';

interface Surroundings {
  config: Pick<AppConfig, 'hub' | 'modelCaches' | 'run' | 'environment' | 'version'>;
  opened: OpenedDatabase;
  journal: JournalService;
  settings: SettingsService;
  leases: LeaseService;
  /** Who names a version outside the registry. */
  listDependents: (versionId: ModelVersionId) => RemovalPlan['dependents'];
  /** Entries of processes where they are not the source, such as in the packed app. */
  entries: { transfer?: string | undefined; ggufWorker?: string | undefined; fileWorker?: string | undefined; estimate?: string | undefined };
  clock: Clock;
  log: Logger;
}

/** Models: the hub, what is pulled from it, and what is here. */
export interface ModelFeatures {
  readonly registry: RegistryFeatures['calls'];
  readonly fits: FitCalls;
  readonly fitService: FitService;
  readonly hub: HubService;
  readonly downloads: DownloadService;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const HUB = 'https://huggingface.co';
const KIB = 1024;

/** Builds what has to do with models. */
export function createModelFeatures(surroundings: Surroundings): ModelFeatures {
  const { config, opened, journal, settings, leases, listDependents, entries, clock, log } = surroundings;
  const local = createRegistryFeatures({ config, opened, journal, isListingOthers: () => settings.get('models.scanCaches') === 'on', leases, listDependents, entries, clock, log });
  const { registry } = local.calls;
  const token = createTokenReader(config.hub);
  const getHub = createHubSource(surroundings, token.get);
  const hub = new HubService({ getHub, local: createLocalModels(() => registry.list()), readBudget: () => readBudget(leases), estimate: createHeaderFit(local.fits), log });
  const transfers = new ProcessTransfers({ clock, log, environment: config.environment, codeCacheFolder: join(config.run, 'code'), entryPath: entries.transfer });
  const finder = new BlobFinder({ clock, listCaches: () => [config.hub.homeCache, config.hub.userCache], ollamaFolders: [config.hub.ollamaBlobs], findOthers: local.findFiles });
  const book = new DownloadBook({ repository: new DownloadRepository(opened.database), journal, clock });
  const planner = new DownloadPlanner({
    getHub,
    listChoices: (files) => groupHubFiles(files).groups.map(({ kind, label, files: own }) => ({ kind, label, paths: own.map(({ path }) => path) })),
    recommend: (asked) => hub.recommend(asked),
  });
  const queue = new DownloadQueue({
    book, planner, machine: { clock, log },
    files: { getHub, transfers, finder, getParallelParts: () => settings.get('downloads.parallelParts') },
    getParallelFiles: () => settings.get('downloads.parallelFiles'),
    register: async (finished) => local.takeInDownload({ ...finished, baseModels: await readBaseModels(getHub(), finished, log) }),
  });
  const requireWritable = (): void => {
    const { isReadOnly, schemaVersion, supportedVersion } = opened;
    if (isReadOnly) throw new AppError('database.read_only', 'the database is of a newer version', { schemaVersion, supportedVersion });
  };
  const downloads = new DownloadService({
    book, queue, planner, finder, clock,
    rules: { getCache: () => (isUserCache(settings, config.hub) ? config.hub.userCache : config.hub.homeCache), readFreeBytes, isReadOnly: opened.isReadOnly, requireWritable },
  });
  const applyLimit = (): void => { transfers.setLimit(settings.get('downloads.limitKib') * KIB); };
  const listening = settings.onDidChange(({ key }) => { if (key.startsWith('downloads.')) { applyLimit(); queue.schedule(); } });
  return {
    registry: local.calls, fitService: local.fits, fits: new FitCalls({ registry, service: local.fits, getHub }), hub, downloads,
    start: async () => {
      await local.start();
      await token.read();
      applyLimit();
      await downloads.start();
    },
    stop: async () => {
      listening.dispose();
      await downloads.stop();
      await transfers.stop();
      await local.stop();
    },
  };
}

/** What a new model may take now: what the ledger has left of each device, and what this process may have of the RAM. */
function readBudget(leases: LeaseService): MemoryBudget {
  const devices = leases.ledger().devices.filter(({ isLost, exclusiveLeaseId }) => !isLost && exclusiveLeaseId === null);
  const ram = readRam();
  return { gpus: devices.map(({ freeBytes, totalBytes }) => ({ freeBytes, totalBytes })), freeRamBytes: ram.availableBytes, totalRamBytes: ram.totalBytes };
}

function isUserCache(settings: SettingsService, places: AppConfig['hub']): boolean {
  const chosen = settings.get('models.cache');
  return chosen === 'auto' ? places.isUserCacheSet : chosen === 'user';
}

/** The hub that the setting or the environment names now. */
function createHubSource({ config, settings, entries, clock, log }: Surroundings, getToken: () => string | null): () => Hub {
  let current: HuggingFaceHub | null = null;
  return () => {
    const endpoint = (settings.get('hub.endpoint') ?? config.hub.endpoint ?? HUB).replace(/\/+$/, '');
    if (current?.endpoint !== endpoint) current = new HuggingFaceHub({ endpoint, getToken, fetch, clock, log, userAgent: `wheelhouse/${config.version}`, ggufWorkerPath: entries.ggufWorker ?? GGUF_WORKER_PATH });
    return current;
  };
}

/** The token of the environment, else the one that `hf auth login` wrote; none where there is neither. */
function createTokenReader({ token, tokenFile }: AppConfig['hub']): { read: () => Promise<void>; get: () => string | null } {
  let known = token;
  return {
    read: async () => { known = token ?? toToken(await readFile(tokenFile, 'utf8').catch(() => '')); },
    get: () => known,
  };
}

function toToken(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

/** What a download was made from. A hub that does not say does not stop it from being taken in. */
async function readBaseModels(hub: Hub, { repo, commit }: { repo: string; commit: string }, log: Logger): Promise<readonly string[]> {
  try {
    return (await hub.readModel(repo, commit)).baseModels;
  } catch (error) {
    log.warn('download.base_models_unknown', { repo, error });
    return [];
  }
}
