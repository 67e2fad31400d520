import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRouter, type Features } from '../api/router.ts';
import { createRpcBoundary } from '../api/carriers/rpcBoundary.ts';
import { systemClock } from '../base/clock.ts';
import { AccessService } from '../features/access/index.ts';
import { BlueprintLibrary, BlueprintService } from '../features/blueprints/index.ts';
import { UpstreamChatModel } from '../features/chat/index.ts';
import { GpuSampler } from '../features/gpus/index.ts';
import { JournalRepository, JournalService } from '../features/journal/index.ts';
import { parseSettingEnvironment, SettingsRepository, SettingsService } from '../features/settings/index.ts';
import { EventLoopMonitor, SystemService } from '../features/system/index.ts';
import { TerminalService } from '../features/terminals/index.ts';
import { RunUsageSampler, WorkstationSampler } from '../features/workstation/index.ts';
import { PooledUpstream } from '../platform/http/pooledUpstream.ts';
import { createGpuProbe } from '../platform/gpu/createGpuProbe.ts';
import type { Host } from '../platform/host/host.ts';
import { openLog } from '../platform/log/createLog.ts';
import { createProcessTable } from '../platform/process/createProcessTable.ts';
import type { StartHostProcess } from '../platform/pty/hostProcess.ts';
import { SocketPtyHost } from '../platform/pty/socketPtyHost.ts';
import { openDatabase } from '../platform/sqlite/database.ts';
import { migrations } from '../platform/sqlite/migrations.ts';
import { PortableWorkstationProbe, ProcWorkstationProbe } from '../platform/workstation/workstationProbe.ts';
import { Backend } from './backend.ts';
import { lockHome } from './backendLock.ts';
import { createChatFeatures, findChatModel } from './chatFeatures.ts';
import type { AppConfig } from './config.ts';
import { createMarkEnder } from './endMarked.ts';
import { ensureFolders } from './folders.ts';
import { FitPlanner } from './fitPlanner.ts';
import { createGpuFeatures } from './gpuFeatures.ts';
import { createInstanceFeatures } from './instanceFeatures.ts';
import { createModelFeatures } from './modelFeatures.ts';
import { createModelServer } from './modelServer.ts';
import { readMachineFacts } from './machineFacts.ts';
import { createShellPlaces } from './shellPlaces.ts';
import { ensureSecrets } from './secrets.ts';
import { listServingDependents } from './servingDependents.ts';

export { Backend } from './backend.ts';

interface Shell {
  host: Host;
  startHostProcess: StartHostProcess;
  /** The PTY host's entry where it is not the source, such as in the packed app. */
  ptyHostEntry?: string;
  /** The entry of the process that calls NVIDIA's library, likewise. */
  nvmlEntry?: string;
  /** The entries of the process that fetches files and of the thread that reads remote GGUF headers, likewise. */
  transferEntry?: string;
  ggufWorkerEntry?: string;
  /** The entry of the thread that reads models' files, likewise. */
  fileWorkerEntry?: string;
  /** The entries of the embedded engine and of the process that estimates what models take, likewise. */
  engineEntry?: string;
  estimateEntry?: string;
}

const PTY_HOST_ENTRY = fileURLToPath(new URL('../ptyHost/main.ts', import.meta.url));

/**
 * Builds the backend of a data folder: the one place where classes meet. Null when another backend has the folder.
 * @throws folder.not_writable, setting.invalid
 */
export async function createBackend(config: AppConfig, shell: Shell): Promise<Backend | null> {
  const clock = systemClock;
  const fixed = parseSettingEnvironment(config.environment);
  ensureFolders(config);
  const lock = lockHome(config.run);
  if (lock === null) return null;

  const logFile = openLog({ path: join(config.logs, 'backend.log'), level: config.logLevel, maxBytes: 10 * 1024 * 1024, keepFiles: 5 });
  const log = logFile.log;
  const opened = openDatabase({ path: config.database, migrations, nowMs: clock.nowMs(), log });
  const { database, isReadOnly } = opened;
  const secrets = await ensureSecrets(config.run);

  const journal = new JournalService({ repository: new JournalRepository(database), clock, isReadOnly });
  const settings = new SettingsService({ repository: new SettingsRepository(database), journal, clock, fixed });
  const access = new AccessService({ ...secrets, clock });
  const eventLoop = new EventLoopMonitor(clock);
  const workstation = new WorkstationSampler({ probe: process.platform === 'linux' ? new ProcWorkstationProbe(config.home) : new PortableWorkstationProbe(config.home), clock, log });
  const gpus = new GpuSampler({ probe: createGpuProbe({ clock, log, nvmlLibrary: config.nvidia.library ?? undefined, nvidiaSmi: config.nvidia.smi ?? undefined, environment: config.environment, nvmlEntryPath: shell.nvmlEntry }), clock, log });
  const processes = createProcessTable();
  const runUsages = new RunUsageSampler({ processes, hasLiveRuns: () => instances.liveCount > 0, listRunIds: () => instances.list({ deleted: false }).flatMap(({ runId }) => runId ?? []), getGpus: () => gpus.last, clock, log });
  const ptyHost = new SocketPtyHost({ home: config.home, entryPath: shell.ptyHostEntry ?? PTY_HOST_ENTRY, startHostProcess: shell.startHostProcess, clock, log });
  const library = new BlueprintLibrary({ stockFolder: config.stockBlueprints, customFolder: config.blueprints });
  const gpuFeatures = createGpuFeatures({ config, opened, journal, settings, gpus, workstation, host: shell.host, clock, log });
  const { leases, gpuHistory, alerts, mpsSharing } = gpuFeatures;
  const { instances, runs } = createInstanceFeatures({ config, opened, journal, settings, gpus, leases, mpsSharing, library, processes, ptyHost, clock, log });
  const blueprints = new BlueprintService({ library, findUsers: (blueprintId) => instances.list({ deleted: false }).filter((one) => one.blueprintId === blueprintId).map(({ name }) => name) });
  const terminals = new TerminalService({ host: ptyHost, runs, placeOfShell: createShellPlaces({ config, instances }), endMarked: createMarkEnder({ processes, clock, log, home: config.home }), clock, log });

  const { conversations, messages } = createChatFeatures({ opened, models: { chat: new UpstreamChatModel({ upstream: new PooledUpstream({ clock }), target: { origin: 'http://localhost', socketPath: config.socket, headers: {} } }), find: (name) => findChatModel(modelServer, name) }, clock, log });

  const modelFeatures = createModelFeatures({ config, opened, journal, settings, leases, listDependents: (versionId) => listServingDependents(modelServer, versionId), entries: { transfer: shell.transferEntry, ggufWorker: shell.ggufWorkerEntry, fileWorker: shell.fileWorkerEntry, estimate: shell.estimateEntry }, clock, log });

  const modelServer = createModelServer({
    config, opened, journal, settings, gpus, leases, processes, catalog: modelFeatures.registry.registry, planner: new FitPlanner({ fits: modelFeatures.fitService, findVersion: (reference) => modelFeatures.registry.registry.find(reference) }), endMarked: createMarkEnder({ processes, clock, log, home: config.home }),
    markUsed: (versionId) => { modelFeatures.registry.registry.markUsed(versionId); }, apiKeySecret: secrets.apiKeySecret, getAddress: () => backend.readLive().address, engineEntry: shell.engineEntry, clock, log,
  });

  const system = new SystemService({
    host: shell.host, eventLoop,
    fixed: { version: config.version, home: config.home, startedAtMs: clock.nowMs(), logPath: logFile.path, database: { schemaVersion: opened.schemaVersion, isReadOnly, keptAsidePath: opened.keptAsidePath } },
    readLive: () => backend.readLive(),
    readMachine: () => readMachineFacts({ home: config.home, python: settings.get('python.command') ?? 'python3', isTerminalHostUp: terminals.hostState === 'up' }),
    createLink: () => backend.createLink(),
  });
  const features: Features = { system, blueprints, instances, runs, runUsages, terminals, gpus, gpuHistory, leases, alerts, workstation, journal, settings, models: modelFeatures.registry, fits: modelFeatures.fits, hub: modelFeatures.hub, downloads: modelFeatures.downloads, modelConfigs: modelServer.configs, serving: modelServer.serving, apiKeys: modelServer.apiKeys, usage: modelServer.usage, conversations, messages };
  const boundary = createRpcBoundary(log, opened);
  const backend: Backend = new Backend({ config, features, gpuFeatures, modelFeatures, modelServer, access, eventLoop, ptyHost, opened, lock, logFile, clock, router: createRouter(features), boundary });
  return backend;
}
