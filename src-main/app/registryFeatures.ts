import { join } from 'node:path';
import { AppError } from '#contract/errors.ts';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { RemovalPlan } from '#contract/models.ts';
import type { ModelCalls } from '../api/models.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { LeaseService } from '../features/gpus/index.ts';
import type { JournalService } from '../features/journal/index.ts';
import { CacheScanner, CorrectionRepository, createHuggingFaceCache, createImportedModels, createLmStudioCache, createOllamaCache, createStockModels, FitService, HashKeeper, HeaderEstimator, ImportService, InsightsEstimator, ModelInspector, ModelRegistry, ModelRepository, NameBook, readModelMetadata, RemovalService, RoleRepository, takeInDownload, VersionBook, type DownloadedModel } from '../features/models/index.ts';
import { GgufEstimator } from '../platform/llama/ggufEstimator.ts';
import { WorkerModelFileReader } from '../platform/modelFiles/workerModelFileReader.ts';
import type { OpenedDatabase } from '../platform/sqlite/database.ts';
import { readRam } from '../platform/workstation/ramReading.ts';
import type { AppConfig } from './config.ts';

interface Surroundings {
  config: Pick<AppConfig, 'hub' | 'modelCaches' | 'environment'>;
  opened: OpenedDatabase;
  journal: JournalService;
  /** Whether models of other programs are listed. */
  isListingOthers: () => boolean;
  leases: LeaseService;
  /** Who names a version outside the registry. */
  listDependents: (versionId: ModelVersionId) => RemovalPlan['dependents'];
  /** The entries of the thread that reads models' files and of the process that estimates, where they are not the source. */
  entries: { fileWorker?: string | undefined; estimate?: string | undefined };
  clock: Clock;
  log: Logger;
}

/** What models are on this machine. */
export interface RegistryFeatures {
  readonly calls: ModelCalls;
  readonly fits: FitService;
  readonly takeInDownload: (finished: DownloadedModel) => Promise<ModelVersionId[]>;
  /** Files that are known to have this content. */
  readonly findFiles: (sha256: string) => Promise<string[]>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Builds the registry and what fills and empties it. */
export function createRegistryFeatures({ config, opened, journal, isListingOthers, leases, listDependents, entries, clock, log }: Surroundings): RegistryFeatures {
  const { hub, modelCaches } = config;
  const names = new NameBook(new RoleRepository(opened.database));
  const versions = new VersionBook(new ModelRepository(opened.database), names);
  const registry = new ModelRegistry({ versions, names, journal, clock });
  const reader = new WorkerModelFileReader({ clock, entryPath: entries.fileWorker });
  const inspector = new ModelInspector(reader);
  const hashes = new HashKeeper({ registry, reader, log });
  const imports = new ImportService({ places: { imported: modelCaches.imported }, registry, versions, inspector, reader, hashes, log });
  const scanner = new CacheScanner({
    registry, versions, inspector, log, stock: createStockModels(modelCaches.stock), isListingOthers,
    own: [createHuggingFaceCache(hub.homeCache, { isOurs: true }), createImportedModels(modelCaches.imported)],
    others: [createHuggingFaceCache(hub.userCache, { isOurs: false }), ...modelCaches.lmStudio.map(createLmStudioCache), createOllamaCache(join(hub.ollamaBlobs, '..'))],
  });
  const removal = new RemovalService({ registry, versions, roots: [modelCaches.models, hub.userCache], listDependents, log });
  const estimator = new InsightsEstimator({ insights: new GgufEstimator({ clock, environment: config.environment, entryPath: entries.estimate }), fallback: new HeaderEstimator(reader), clock, log });
  const fits = new FitService({
    estimator, ledger: leases, corrections: new CorrectionRepository(opened.database), clock, isReadOnly: opened.isReadOnly,
    readRam,
    listPaths: ({ id, files }) => files.flatMap((file) => (file.role === 'weights' || file.role === 'adapter' ? registry.getFilePath(id, file) ?? [] : [])),
  });
  const requireWritable = (): void => {
    const { isReadOnly, schemaVersion, supportedVersion } = opened;
    if (isReadOnly) throw new AppError('database.read_only', 'the database is of a newer version', { schemaVersion, supportedVersion });
  };
  return {
    fits,
    calls: { registry, imports, hashes, scanner, removal, readMetadata: (version) => readModelMetadata(reader, version), requireWritable },
    takeInDownload: (finished) => takeInDownload({ registry, inspector }, finished),
    findFiles: async (sha256) => registry.list().flatMap(({ id, files }) => files.flatMap((file) => (file.sha256 === sha256 ? registry.getFilePath(id, file) ?? [] : []))),
    start: async () => {
      registry.start();
      if (opened.isReadOnly) return;
      hashes.start();
      await scanner.start();
    },
    stop: async () => { await Promise.all([scanner.stop(), hashes.stop(), estimator.stop(), reader.stop()]); },
  };
}
