import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { AppError } from '#contract/errors.ts';
import { HttpListener, type ListenPlace } from '../api/carriers/httpListener.ts';
import { serveMetrics } from '../api/carriers/metricsPage.ts';
import { MessagePortCarrier, type WindowPorts } from '../api/carriers/messagePortCarrier.ts';
import type { RpcBoundary } from '../api/carriers/rpcBoundary.ts';
import { RestCarrier } from '../api/carriers/restCarrier.ts';
import { WebSocketCarrier } from '../api/carriers/webSocketCarrier.ts';
import { serveWindow } from '../api/carriers/windowFiles.ts';
import type { AppRouter, Features } from '../api/router.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposables.ts';
import type { Event } from '../base/emitter.ts';
import type { AccessService } from '../features/access/index.ts';
import type { EventLoopMonitor, StopRequest, SystemService } from '../features/system/index.ts';
import type { LogFile } from '../platform/log/createLog.ts';
import type { PtyHost } from '../platform/pty/ptyHost.ts';
import { closeDatabase, type OpenedDatabase } from '../platform/sqlite/database.ts';
import type { AppConfig } from './config.ts';
import type { GpuFeatures } from './gpuFeatures.ts';
import type { ModelFeatures } from './modelFeatures.ts';
import type { ModelServer } from './modelServer.ts';
import { stopWithin } from './deadline.ts';
import { logEscapes } from './lastBoundary.ts';

interface BackendParts {
  config: AppConfig;
  features: Features;
  gpuFeatures: Pick<GpuFeatures, 'start' | 'stop' | 'readMetrics'>;
  modelFeatures: Pick<ModelFeatures, 'start' | 'stop'>;
  modelServer: Pick<ModelServer, 'start' | 'closePort' | 'stop' | 'carrier' | 'renderMetrics'>;
  access: AccessService;
  eventLoop: EventLoopMonitor;
  ptyHost: PtyHost;
  opened: OpenedDatabase;
  lock: Disposable;
  logFile: LogFile;
  clock: Clock;
  router: AppRouter;
  boundary: RpcBoundary;
}

const STOP_RUNS_MS = 45_000;
const STOP_REST_MS = 8_000;

/** The running whole: starts and stops its parts in order, and connects clients. */
export class Backend {
  readonly #parts: BackendParts;
  readonly #messagePorts: MessagePortCarrier;
  readonly #webSocket: WebSocketCarrier;
  readonly #rest: RestCarrier;
  #socketListener: HttpListener | null = null;
  #tcpListener: HttpListener | null = null;
  #readyAfterMs = 0;
  #escapes: Disposable | null = null;
  #stopping: Promise<void> | null = null;
  /** What the user should be told at the start, one sentence each. */
  readonly notices: string[] = [];

  constructor(parts: BackendParts) {
    this.#parts = parts;
    const { router, boundary, clock, config, features: { terminals } } = parts;
    this.#messagePorts = new MessagePortCarrier({ router, boundary, terminals });
    this.#webSocket = new WebSocketCarrier({ router, boundary, terminals, clock });
    this.#rest = new RestCarrier({ router, boundary, version: config.version });
  }

  get features(): Features {
    return this.#parts.features;
  }

  get onDidRequestStop(): SystemService['onDidRequestStop'] {
    return this.#parts.features.system.onDidRequestStop;
  }

  get liveCount(): number {
    return this.#parts.features.instances.liveCount;
  }

  get onDidChangeLiveCount(): Event<number> {
    return this.#parts.features.instances.onDidChangeLiveCount;
  }

  /** Opens for clients first, then looks after what was left running. @throws port.in_use */
  async start(): Promise<void> {
    const { features, gpuFeatures, modelFeatures, modelServer, eventLoop, logFile, clock, opened } = this.#parts;
    this.#escapes ??= logEscapes(logFile.log);
    features.settings.start();
    this.#noteDatabase();
    eventLoop.start();
    features.workstation.start();
    features.gpus.start();
    features.runUsages.start();
    gpuFeatures.start();
    features.models.registry.start();
    features.messages.start();
    await features.instances.start();
    await modelFeatures.start();
    await modelServer.start();
    this.#webSocket.start();
    await this.#listen();
    this.#readyAfterMs = Math.round(process.uptime() * 1_000);
    if (!opened.isReadOnly) features.journal.record({ event: 'backend.started', subjectKind: 'backend', details: { pid: process.pid, readyAfterMs: this.#readyAfterMs } });
    features.journal.prune(features.settings.get('journal.keepDays'));
    logFile.log.info('backend.started', { atMs: clock.nowMs(), readyAfterMs: this.#readyAfterMs, url: this.#tcpListener?.url });
    await features.terminals.start();
    await features.instances.resume();
  }

  /** Ends everything under one deadline; `leave` lets runs live on. Called twice it waits for the first. */
  stop({ runs }: { runs: StopRequest }): Promise<void> {
    this.#stopping ??= this.#stop(runs);
    return this.#stopping;
  }

  /** Serves a desktop window. */
  connectWindow(ports: WindowPorts): Disposable {
    return this.#messagePorts.connect(ports);
  }

  /** A one-time address of the window; null while no TCP listener is there. */
  createLink(): string | null {
    const url = this.#tcpListener?.url;
    return url == null ? null : `${url}/?token=${this.#parts.access.createLinkToken()}`;
  }

  readLive(): ReturnType<ConstructorParameters<typeof SystemService>[0]['readLive']> {
    const { features: { instances, terminals } } = this.#parts;
    return {
      address: this.#tcpListener?.url ?? null, readyAfterMs: this.#readyAfterMs,
      instanceCount: instances.list({ deleted: false }).length, liveCount: instances.liveCount,
      terminalHost: { state: terminals.hostState, pid: terminals.hostPid },
    };
  }

  async #listen(): Promise<void> {
    const { config, logFile, access, gpuFeatures, modelServer, clock } = this.#parts;
    const deps = { clock, access, rest: this.#rest, webSocket: this.#webSocket, serveWindow: serveWindow(config.window), serveMetrics: serveMetrics(async () => `${await gpuFeatures.readMetrics()}${modelServer.renderMetrics()}`), modelPort: modelServer.carrier, log: logFile.log };
    if (process.platform !== 'win32') await rm(config.socket, { force: true });
    this.#socketListener = new HttpListener(deps, { kind: 'socket', path: config.socket });
    await this.#socketListener.start();
    this.#tcpListener = await this.#listenOnTcp(deps);
  }

  /** The default port gives way to a free one when it is taken; a port that was asked for does not. */
  async #listenOnTcp(deps: ConstructorParameters<typeof HttpListener>[0]): Promise<HttpListener> {
    const { config, features: { settings } } = this.#parts;
    const port = config.port ?? settings.get('listener.port');
    const isDefault = config.port === null && settings.describe('listener.port').source === 'default';
    try {
      return await startListener(deps, this.#placeOf(port));
    } catch (error) {
      if (!isAddressInUse(error)) throw error;
      if (!isDefault) throw new AppError('port.in_use', 'the listener\'s port is taken', { port, holderPid: null, holderCommand: null, holderInstance: null }, { cause: error });
      this.notices.push(`Port ${port} is in use, so another one was chosen.`);
      return startListener(deps, this.#placeOf(0));
    }
  }

  #placeOf(port: number): ListenPlace {
    const { settings } = this.#parts.features;
    const [certificate, key] = [settings.get('listener.tlsCertificate'), settings.get('listener.tlsKey')];
    const tls = certificate === null || key === null ? null : { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
    return { kind: 'tcp', address: settings.get('listener.address'), port, allowedHosts: settings.get('listener.allowedHosts'), tls };
  }

  #noteDatabase(): void {
    const { opened, features: { journal } } = this.#parts;
    if (opened.keptAsidePath !== null) {
      journal.record({ event: 'backend.database_damaged', subjectKind: 'backend', details: { keptAsidePath: opened.keptAsidePath } });
      this.notices.push(`The database was damaged. It was kept as ${opened.keptAsidePath}, and a new one was begun.`);
    }
    if (opened.isReadOnly) this.notices.push(`The database is of version ${opened.schemaVersion}, newer than this Wheelhouse (${opened.supportedVersion}); it is open for reading only.`);
  }

  async #stop(runs: StopRequest): Promise<void> {
    const { features, gpuFeatures, modelFeatures, modelServer, ptyHost, eventLoop, opened, lock, logFile, clock } = this.#parts;
    const { log } = logFile;
    log.info('backend.stopping', { runs });
    // Whoever is being answered is told while the connections still stand.
    const answers = [{ name: 'answers', stop: () => features.messages.stop() }, { name: 'port', stop: () => modelServer.closePort() }];
    if (runs === 'stop') {
      await stopWithin({ clock, log, deadlineMs: STOP_RUNS_MS, steps: [...answers, { name: 'runs', stop: () => features.instances.stopAll() }, { name: 'shells', stop: () => features.terminals.closeShells() }] });
    }
    await stopWithin({
      clock, log, deadlineMs: STOP_REST_MS,
      steps: [
        ...(runs === 'stop' ? [] : answers),
        { name: 'listeners', stop: async () => { this.#webSocket.stop(); await Promise.all([this.#tcpListener?.stop(), this.#socketListener?.stop()]); } },
        { name: 'engines', stop: () => modelServer.stop() },
        { name: 'models', stop: () => modelFeatures.stop() },
        { name: 'instances', stop: () => features.instances.stop() },
        { name: 'terminals', stop: () => features.terminals.stop() },
        { name: 'gpu features', stop: () => gpuFeatures.stop({ isLeaving: runs === 'leave' }) },
        { name: 'samplers', stop: async () => { await features.workstation.stop(); await features.gpus.stop(); await features.runUsages.stop(); } },
        { name: 'terminal host', stop: () => (runs === 'stop' ? ptyHost.shutdown() : ptyHost.stop()) },
        { name: 'database', stop: () => { eventLoop.stop(); closeDatabase(opened.database); } },
        { name: 'lock', stop: () => { lock.dispose(); this.#escapes?.dispose(); } },
        { name: 'log', stop: () => logFile.close() },
      ],
    });
  }
}

async function startListener(deps: ConstructorParameters<typeof HttpListener>[0], place: ListenPlace): Promise<HttpListener> {
  const listener = new HttpListener(deps, place);
  await listener.start();
  return listener;
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
