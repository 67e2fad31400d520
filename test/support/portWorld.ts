import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { modelConfigId, modelConfigSettings, type ModelConfig, type ModelConfigSettings } from '../../src-main/contract/modelConfigs.ts';
import type { ServedModel } from '../../src-main/contract/serving.ts';
import { systemClock } from '../../src-main/base/clock.ts';
import { Emitter } from '../../src-main/base/emitter.ts';
import type { Logger } from '../../src-main/base/logger.ts';
import type { EngineEndpoint } from '../../src-main/features/serving/engines/enginePort.ts';
import { ApiKeyRepository, ApiKeyService, ExchangeBook, KeyLimiter, ModelPort, recordExchanges, ServingMetrics, UsageLedger, UsageRepository, type ModelControl } from '../../src-main/features/serving/index.ts';
import type { SlotLoss, SlotRefusal, SlotRequest, SlotResult, Slots } from '../../src-main/features/serving/scheduler/schedulerPort.ts';
import { PooledUpstream } from '../../src-main/platform/http/pooledUpstream.ts';
import { closeDatabase, openDatabase } from '../../src-main/platform/sqlite/database.ts';
import { migrations } from '../../src-main/platform/sqlite/migrations.ts';

const entry = fileURLToPath(new URL('../fakes/engines/fakeEngine.ts', import.meta.url));

/** A stand-in engine in a process of its own. */
export interface FakeEngine {
  readonly endpoint: EngineEndpoint;
  readState(): Promise<{ running: number; aborted: number; requests: { path: string; body: Record<string, unknown>; headers: Record<string, string> }[] }>;
  kill(): Promise<void>;
}

export async function startFakeEngine({ socketPath = null }: { socketPath?: string | null } = {}): Promise<FakeEngine> {
  const child = spawn(process.execPath, [entry, ...(socketPath === null ? [] : [socketPath])], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line') as [string];
  const endpoint = { origin: socketPath === null ? line : 'http://engine', socketPath, headers: { authorization: 'Bearer engine-secret' } };
  const upstream = new PooledUpstream({ clock: systemClock });
  return {
    endpoint,
    readState: async () => {
      const { body } = await upstream.send({ target: endpoint, method: 'GET', path: '/test/state', signal: new AbortController().signal });
      return JSON.parse(Buffer.concat(await Array.fromAsync(body)).toString()) as Awaited<ReturnType<FakeEngine['readState']>>;
    },
    kill: async () => {
      await upstream.close();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** A scheduler that gives slots at once, later, or not at all, as a test says. */
export class FakeSlots implements Slots {
  readonly held = new Set<string>();
  readonly kept: (number | null)[] = [];
  readonly priorities: number[] = [];
  endpoint: EngineEndpoint;
  refusal: SlotRefusal | null = null;
  #gate: PromiseWithResolvers<undefined> | null = null;
  readonly #holders = new Map<string, SlotRequest>();

  constructor(endpoint: EngineEndpoint) {
    this.endpoint = endpoint;
  }

  /** Lets requests wait until what comes back is called. */
  hold(): () => void {
    const gate = Promise.withResolvers<undefined>();
    this.#gate = gate;
    return () => { this.#gate = null; gate.resolve(undefined); };
  }

  /** Takes every slot away. */
  endAll(cause: SlotLoss): void {
    for (const { onLost } of this.#holders.values()) onLost?.(cause);
  }

  async request(request: SlotRequest): Promise<SlotResult> {
    const { requestId, signal, priority, onWait } = request;
    this.priorities.push(priority);
    if (this.#gate !== null) {
      onWait?.({ kind: 'loading', progress: 0.5 });
      const cancelled = Promise.withResolvers<undefined>();
      signal.addEventListener('abort', () => { cancelled.resolve(undefined); }, { once: true });
      await Promise.race([this.#gate.promise, cancelled.promise]);
    }
    if (signal.aborted) return { kind: 'refused', refusal: { kind: 'cancelled' } };
    if (this.refusal !== null) return { kind: 'refused', refusal: this.refusal };
    this.held.add(requestId);
    this.#holders.set(requestId, request);
    return {
      kind: 'granted',
      slot: {
        endpoint: this.endpoint, upstreamModel: 'engine-name',
        keepFor: (seconds) => { this.kept.push(seconds); },
        [Symbol.dispose]: () => { this.held.delete(requestId); this.#holders.delete(requestId); },
      },
    };
  }
}

export function aConfig(settings: Partial<ModelConfigSettings> & { name: string }): ModelConfig {
  return { ...modelConfigSettings.parse({ model: settings.name, ...settings }), id: modelConfigId.parse(`cfg-${settings.name}`), versionId: null, isImplicit: true, createdAtMs: 1_700_000_000_000, updatedAtMs: 1_700_000_000_000, problem: null };
}

export function aServedModel(name: string, change: Partial<ServedModel> = {}): ServedModel {
  return {
    configId: modelConfigId.parse(`cfg-${name}`), name, versionId: null, engine: 'embedded', state: 'ready', stateSinceMs: 0, progress: null, failure: null, failureDetail: null, exitCode: null, retryAtMs: null,
    gpuIds: [], bookedBytes: 0, ramBytes: 10, measuredBytes: null, gpuLayers: 0, layerCount: 4, contextTokens: 2048, slots: 4, busySlots: 0, queuedCount: 0, pid: 1, loadMs: 5, loadCount: 1, crashCount: 0,
    lastUsedAtMs: null, unloadAtMs: null, isPinned: false, leaving: null, promptTokensPerSecond: null, tokensPerSecond: null, ...change,
  };
}

export interface LogLine { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }

/** The model port with everything real but the engine, the scheduler and the list of models. */
export interface PortWorld {
  readonly url: string;
  readonly engine: FakeEngine;
  readonly slots: FakeSlots;
  readonly keys: ApiKeyService;
  readonly ledger: UsageLedger;
  readonly metrics: ServingMetrics;
  readonly book: ExchangeBook;
  readonly configs: ModelConfig[];
  readonly served: ServedModel[];
  readonly logged: LogLine[];
  readonly didLog: Emitter<{ configId: string; line: string }>;
  /** Whether this machine needs no key. */
  isLoopbackOpen: boolean;
  ask(path: string, options?: { method?: string; headers?: Record<string, string>; body?: unknown; signal?: AbortSignal }): Promise<Response>;
  /** As the backend closes it: clients stay connected. */
  closePort(): Promise<void>;
  stop(): Promise<void>;
}

function recordingLog(lines: LogLine[]): Logger {
  const keep = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => { lines.push({ event, fields }); };
  return { debug: keep, info: keep, warn: keep, error: keep, child: () => recordingLog(lines) };
}

export async function startPortWorld(): Promise<PortWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'wh-port-'));
  const logged: LogLine[] = [];
  const log = recordingLog(logged);
  const clock = systemClock;
  const { database } = openDatabase({ path: join(folder, 'wheelhouse.db'), migrations, nowMs: clock.nowMs(), log });
  const engine = await startFakeEngine();
  const slots = new FakeSlots(engine.endpoint);
  const ledger = new UsageLedger({ repository: new UsageRepository(database), clock, log, isReadOnly: false });
  const keys = new ApiKeyService({ repository: new ApiKeyRepository(database), readTotals: () => ledger.readTotalsByKey(), journal: { record: (fact) => ({ id: 1, atMs: 0, subjectId: null, subjectName: null, from: null, to: null, cause: null, details: {}, ...fact }) }, secret: 'of the folder', clock });
  const limiter = new KeyLimiter({ clock, readTokensToday: (keyId) => ledger.readTokensToday(keyId) });
  const metrics = new ServingMetrics();
  const book = new ExchangeBook({ clock });
  const recording = recordExchanges(book, { ledger, limiter, metrics, log });
  const upstream = new PooledUpstream({ clock });
  const configs = [aConfig({ name: 'demo', aliases: ['gpt-4o'] }), aConfig({ name: 'org/model:Q4_K_M' })];
  const served = [aServedModel('demo')];
  const didChange = new Emitter<ServedModel>();
  const didLog = new Emitter<{ configId: string; line: string }>();
  const setState = (config: ModelConfig, state: ServedModel['state']): ServedModel => {
    const model = aServedModel(config.name, { state });
    served.splice(served.findIndex(({ name }) => name === config.name), served.some(({ name }) => name === config.name) ? 1 : 0, model);
    didChange.fire(model);
    return model;
  };
  const control: ModelControl = {
    list: () => served, load: async (config) => setState(config, 'ready'), unload: async (config) => setState(config, 'unloaded'), readLog: (config) => [`${config.name} says hello`],
    getEndpoint: (configId) => (served.some((model) => model.configId === configId && model.state === 'ready') ? { endpoint: slots.endpoint, upstreamModel: 'engine-name' } : null),
    onDidChange: didChange.event, onDidLog: didLog.event,
  };
  const models = { list: () => configs, find: (name: string) => configs.find((config) => config.id === name || config.name === name || config.aliases.includes(name)) ?? null, getVersion: () => null };
  const port: ModelPort = new ModelPort({ models, control, slots, upstream, keys, limiter, book, isLoopbackOpen: () => world.isLoopbackOpen, version: '1.2.3', clock, log });
  await port.start();
  const server = createServer((request, response) => { port.handle(request, response, { isOwner: request.headers['x-test-owner'] === 'yes', foreignOrigin: null }); });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const world: PortWorld = {
    url, engine, slots, keys, ledger, metrics, book, configs, served, logged, didLog, isLoopbackOpen: true,
    ask: (path, { method, headers = {}, body, signal } = {}) => fetch(`${url}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'), headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }), ...(signal !== undefined && { signal }),
    }),
    closePort: () => port.stop(),
    stop: async () => {
      await port.stop();
      await closeServer(server);
      recording.dispose();
      ledger.stop();
      await upstream.close();
      await engine.kill();
      closeDatabase(database);
      rmSync(folder, { recursive: true });
    },
  };
  return world;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
