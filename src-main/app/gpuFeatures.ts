import { gpuId } from '#contract/ids.ts';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { DisposableStack, toDisposable, type Disposable } from '../base/disposables.ts';
import type { Event } from '../base/emitter.ts';
import type { Logger } from '../base/logger.ts';
import { AlertService, HistoryRepository, HistoryService, LeaseRepository, LeaseService, MpsService, MpsSharing, recordLeases, renderMetrics, type GpuSampler } from '../features/gpus/index.ts';
import type { JournalService } from '../features/journal/index.ts';
import type { SettingsService } from '../features/settings/index.ts';
import type { WorkstationSampler } from '../features/workstation/index.ts';
import type { Host } from '../platform/host/host.ts';
import { NvidiaMpsControl } from '../platform/mps/mpsControl.ts';
import { createProcessOwners } from '../platform/process/processOwners.ts';
import type { OpenedDatabase } from '../platform/sqlite/database.ts';
import type { AppConfig } from './config.ts';

interface Surroundings {
  config: Pick<AppConfig, 'run' | 'environment' | 'nvidia'>;
  opened: OpenedDatabase;
  journal: JournalService;
  settings: SettingsService;
  gpus: GpuSampler;
  workstation: WorkstationSampler;
  host: Host;
  clock: Clock;
  log: Logger;
}

/** What is built on the readings of GPUs: who has them, what they did, what needs a look. */
export interface GpuFeatures {
  readonly leases: LeaseService;
  readonly gpuHistory: HistoryService;
  readonly alerts: AlertService;
  readonly mpsSharing: MpsSharing;
  /** The page at /metrics. */
  readonly readMetrics: () => Promise<string>;
  start(): void;
  /** `isLeaving`: runs live on, and with them the daemons that they share. */
  stop(options: { isLeaving: boolean }): Promise<void>;
}

const MIB = 1024 * 1024;
const ALERT_PERIOD_MS = 5_000;
const MPS_PROGRAM = 'nvidia-cuda-mps-control';

/** Builds the ledger, the history, the alerts and the MPS daemons. */
export function createGpuFeatures(surroundings: Surroundings): GpuFeatures {
  const { config, opened, journal, settings, gpus, workstation, host, clock, log } = surroundings;
  const { database, isReadOnly } = opened;
  const leases = new LeaseService({
    readings: gpus, owners: createProcessOwners(), clock, log, getReserveBytes: () => settings.get('gpus.reserveMib') * MIB,
    repository: isReadOnly ? { list: () => [], save: () => undefined, delete: () => undefined } : new LeaseRepository(database),
  });
  const gpuHistory = new HistoryService({ repository: new HistoryRepository(database), onDidRead: gpus.onDidRead, clock, log, isReadOnly });
  const alerts = new AlertService({ sources: { gpus: gpus.onDidRead, workstation: createPacedEvent(workstation.onDidRead, clock) }, journal, host, clock, log, getLimits: () => readLimits(settings) });
  const mps = new MpsService({ control: new NvidiaMpsControl({ program: config.nvidia.mpsControl ?? MPS_PROGRAM, folder: join(config.run, 'mps'), environment: config.environment }), log });
  const mpsSharing = new MpsSharing({ mps, getSharedGpuIds: () => settings.get('gpus.mpsDevices').map((id) => gpuId.parse(id)), onDidChangeChoice: settings.onDidChange, log });
  const stack = new DisposableStack();
  return {
    leases, gpuHistory, alerts, mpsSharing,
    readMetrics: async () => renderMetrics({ hostName: hostname(), reading: await gpus.latest(), ledger: leases.ledger(), workstation: workstation.last, alerts: alerts.list() }),
    start: () => {
      stack.add(recordLeases(leases, journal));
      leases.start();
      gpuHistory.start();
      alerts.start();
      mpsSharing.start();
    },
    stop: async ({ isLeaving }) => {
      alerts.stop();
      leases.stop();
      gpuHistory.stop();
      stack.dispose();
      await mpsSharing.stop({ isLeaving });
      if (!isLeaving) await mps.stop();
    },
  };
}

/** Listens to one reading in five seconds: nobody need read the machine every second for an alert. */
function createPacedEvent<T>(event: Event<T>, clock: Clock): Event<T> {
  return (listener) => {
    let reading: Disposable | null = null;
    const stopAsking = clock.every(ALERT_PERIOD_MS, () => {
      reading?.dispose();
      reading = event((payload) => { reading?.dispose(); listener(payload); });
    });
    return toDisposable(() => { stopAsking(); reading?.dispose(); });
  };
}

function readLimits(settings: SettingsService): ReturnType<ConstructorParameters<typeof AlertService>[0]['getLimits']> {
  return {
    temperatureCelsius: settings.get('alerts.temperatureCelsius'), vramPercent: settings.get('alerts.vramPercent'), throttleSeconds: settings.get('alerts.throttleSeconds'),
    diskFreePercent: settings.get('alerts.diskFreePercent'), memoryPercent: settings.get('alerts.memoryPercent'), isNotifying: settings.get('alerts.notify') === 'on',
  };
}
