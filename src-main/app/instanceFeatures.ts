import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#contract/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { BlueprintLibrary } from '../features/blueprints/index.ts';
import type { GpuLeases, GpuSampler, MpsSharing } from '../features/gpus/index.ts';
import { DEFAULT_TIMING, EnvironmentLock, InstanceRepository, InstanceService, namesBlueprint, parseVersions, PortService, StartQueue, Supervisor, type InstancePlaces, type SupervisorDeps, type SupervisorTiming } from '../features/instances/index.ts';
import type { JournalService } from '../features/journal/index.ts';
import { RunRepository, RunService } from '../features/runs/index.ts';
import type { SettingsService } from '../features/settings/index.ts';
import type { ProcessTable } from '../platform/process/processTable.ts';
import type { PtyHost } from '../platform/pty/ptyHost.ts';
import type { OpenedDatabase } from '../platform/sqlite/database.ts';
import type { AppConfig } from './config.ts';

interface Surroundings {
  config: Pick<AppConfig, 'instances' | 'trash' | 'shared' | 'logs' | 'environment' | 'versionsFile' | 'stockBlueprints'>;
  opened: OpenedDatabase;
  journal: JournalService;
  settings: SettingsService;
  gpus: Pick<GpuSampler, 'latest'>;
  leases: GpuLeases;
  mpsSharing: Pick<MpsSharing, 'environmentOf'>;
  library: BlueprintLibrary;
  processes: ProcessTable;
  ptyHost: PtyHost;
  clock: Clock;
  log: Logger;
  /** Other looks and patience than the usual, for tests. */
  timing?: SupervisorTiming;
}

/** Builds runs and instances with all that they share. */
export function createInstanceFeatures(surroundings: Surroundings): { instances: InstanceService; runs: RunService } {
  const { config, opened, journal, settings, gpus, leases, mpsSharing, library, processes, ptyHost, clock, log, timing = DEFAULT_TIMING } = surroundings;
  const repository = new InstanceRepository(opened.database);
  const runs = new RunService({ repository: new RunRepository(opened.database), resolveInstance: (reference) => instances.resolve(reference), logsFolder: join(config.logs, 'runs'), environment: config.environment, clock });
  const ports = new PortService({
    processes,
    getPool: () => ({ first: settings.get('ports.first'), last: settings.get('ports.last') }),
    listFixed: () => repository.list().flatMap(({ id, deletedAtMs, settings: { name, port } }) => (deletedAtMs === null && port !== 'auto' ? [{ instanceId: id, name, port }] : [])),
  });
  const deps: SupervisorDeps = {
    records: { repository, runs, journal },
    machine: { processes, host: ptyHost, clock, log, random: Math.random, readGpus: () => gpus.latest() },
    shared: {
      library, ports,
      queue: new StartQueue({ getLimit: () => settings.get('instances.startLimit') }),
      locks: new EnvironmentLock(),
      gpuLeases: leases,
      gpuSharing: mpsSharing,
      isBlueprintRunning: (reference) => instances.list({ deleted: false }).some(({ status, blueprintId }) => status === 'started' && namesBlueprint(reference, blueprintId)),
    },
    places: readPlaces(config),
    timing,
  };
  const requireWritable = (): void => {
    const { isReadOnly, schemaVersion, supportedVersion } = opened;
    if (isReadOnly) throw new AppError('database.read_only', 'the database is of a newer version', { schemaVersion, supportedVersion });
  };
  const instances: InstanceService = new InstanceService({ supervisor: new Supervisor(deps), deps, isReadOnly: opened.isReadOnly, requireWritable, getKeepTrashDays: () => settings.get('instances.keepTrashDays') });
  return { instances, runs };
}

function readPlaces(config: Surroundings['config']): InstancePlaces {
  return {
    instances: config.instances,
    trash: config.trash,
    shared: config.shared,
    blueprintLib: join(config.stockBlueprints, 'lib'),
    environment: config.environment,
    versions: parseVersions(readFileSync(config.versionsFile, 'utf8')),
    platform: process.platform,
  };
}
