import { AppError, type ErrorDetails } from '#contract/errors.ts';
import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ServedModel, ServingRequest, ServingSnapshot } from '#contract/serving.ts';
import type { Clock } from '../../base/clock.ts';
import { DisposableStack, toDisposable, type Disposable } from '../../base/disposables.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import type { Logger } from '../../base/logger.ts';
import { findBar } from './configs/configPolicy.ts';
import type { ConfigService } from './configs/configService.ts';
import type { EngineEndpoint } from './engines/enginePort.ts';
import type { EngineShelf } from './engines/engineShelf.ts';
import { toPlaces } from './scheduler/queuePlaces.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import type { SlotRefusal } from './scheduler/schedulerPort.ts';
import { isResident, isServing, type Unit } from './scheduler/schedulerState.ts';
import type { ServedModelView } from './servedModelView.ts';

/** The requests at the port: those under way and the last that ended. */
export interface RequestBook {
  list(): ServingRequest[];
  recent(): readonly ServingRequest[];
  /** Whether an answer is being written now, so that its figures change without a word. */
  readonly isGenerating: boolean;
  /** Whether there was such a request under way. */
  cancel(id: string): boolean;
  readonly onDidChange: Event<unknown>;
}

interface ServingDeps {
  readonly scheduler: Scheduler;
  readonly configs: ConfigService;
  readonly shelf: EngineShelf;
  readonly view: ServedModelView;
  readonly requests: RequestBook;
  /** Where the port listens; null while it does not. */
  readonly getAddress: () => string | null;
  readonly clock: Clock;
  readonly log: Logger;
}

const WATCH_PERIOD_MS = 250;
/** How often figures are told that change by themselves: tokens of an answer, how far a load is. */
const TICK_MS = 500;

/** What clients see of the serving: what is loaded, what runs and waits; and what they may do to it. */
export class ServingService {
  readonly #deps: ServingDeps;
  readonly #stack = new DisposableStack();
  readonly #didChangeSnapshot = new Emitter<undefined>();

  /** Something that a snapshot shows is different. */
  readonly onDidChangeSnapshot = this.#didChangeSnapshot.event;

  constructor(deps: ServingDeps) {
    this.#deps = deps;
  }

  get onDidTransition(): Scheduler['onDidTransition'] {
    return this.#deps.scheduler.onDidTransition;
  }

  /** A line of an engine. */
  get onDidLog(): Scheduler['onDidLog'] {
    return this.#deps.scheduler.onDidLog;
  }

  /** Follows the configurations and loads what is to be there from the start. */
  start(): void {
    const { scheduler, configs, requests, shelf } = this.#deps;
    const announce = (): void => { this.#didChangeSnapshot.fire(undefined); };
    scheduler.start();
    for (const event of [scheduler.onDidChange, requests.onDidChange, shelf.onDidChange] as readonly Event<unknown>[]) this.#stack.add(event(announce));
    this.#stack.add(shelf.onDidChange(() => { scheduler.retryMissing(); }));
    this.#stack.add(configs.onDidChange((change) => {
      if (change.kind === 'removed') scheduler.retire(change.configId);
      if (change.kind === 'changed') this.#takeConfig(change.config);
      announce();
    }));
    for (const config of configs.list()) if (config.isPreloaded && config.problem === null) this.#preload(config);
  }

  /** Ends every engine. */
  async stop(): Promise<void> {
    this.#stack.dispose();
    await this.#deps.scheduler.stop();
  }

  /** Calls after changes and while figures change by themselves; at most four times a second, the last change included. */
  watch(call: () => void): Disposable {
    const { clock } = this.#deps;
    let cancel: (() => void) | null = null;
    const tell = (): void => { cancel ??= clock.after(WATCH_PERIOD_MS, () => { cancel = null; call(); }); };
    const listening = this.onDidChangeSnapshot(tell);
    const stopTicking = clock.every(TICK_MS, () => { if (this.#isMoving()) tell(); });
    return toDisposable(() => { listening.dispose(); stopTicking(); cancel?.(); });
  }

  snapshot(): ServingSnapshot {
    const { requests, getAddress, shelf, clock } = this.#deps;
    const models = this.list();
    return {
      takenAtMs: clock.nowMs(), address: getAddress(), models, requests: this.#listRequests(), recent: [...requests.recent()], queuedCount: models.reduce((sum, { queuedCount }) => sum + queuedCount, 0),
      isLlamaServerThere: shelf.isThere('llama-server'), llamaServerVersion: shelf.versionOf('llama-server'),
    };
  }

  /** Every configuration, loaded or not, then what finishes without one. */
  list(): ServedModel[] {
    const { configs, requests, view } = this.#deps;
    const byConfig = Map.groupBy([...requests.list(), ...requests.recent()], ({ configId }) => configId);
    const served = configs.list().map((config) => view.describe(config, byConfig.get(config.id) ?? []));
    return [...served, ...this.#listLeaving().map((unit) => view.describeLeaving(unit, byConfig.get(unit.config.id) ?? []))];
  }

  describe(config: ModelConfig): ServedModel {
    const { requests, view } = this.#deps;
    return view.describe(config, [...requests.list(), ...requests.recent()].filter(({ configId }) => configId === config.id));
  }

  /** By any name that requests may use. @throws serving.model_not_found */
  resolve(name: string): ModelConfig {
    const config = this.#deps.configs.find(name);
    if (config === null) throw new AppError('serving.model_not_found', 'no such model', { model: name });
    return config;
  }

  /** Also what finishes without a configuration. @throws serving.model_not_found */
  resolveLoaded(name: string): ModelConfig {
    const known = this.#deps.configs.find(name);
    return known ?? this.#listLeaving().find(({ config }) => config.id === name || config.name === name)?.config ?? this.resolve(name);
  }

  /** Resolves when it is ready. @throws serving.load_failed, lease.insufficient_vram */
  async load(config: ModelConfig): Promise<ServedModel> {
    const bar = findBar(config);
    if (bar !== null) throw new AppError('serving.load_failed', 'the model must not be served', { model: config.name, failure: config.problem === 'disabled' ? 'disabled' : 'quarantined', detail: bar });
    const result = await this.#deps.scheduler.load(config);
    if (result.kind === 'refused') throw toLoadError(config.name, result.refusal);
    return this.describe(config);
  }

  /** After the drain; `force` aborts what runs. */
  async unload(config: ModelConfig, { force }: { force: boolean }): Promise<ServedModel> {
    await this.#deps.scheduler.unload(config.id, { isForced: force });
    return this.describe(config);
  }

  async unloadAll({ force }: { force: boolean }): Promise<{ unloadedCount: number }> {
    const loaded = [...this.#deps.scheduler.units.values()].filter(({ phase }) => isServing(phase) || phase.kind === 'loading');
    const configs = new Map(loaded.map(({ config }) => [config.id, config]));
    await Promise.all([...configs.values()].map((config) => this.unload(config, { force })));
    return { unloadedCount: loaded.length };
  }

  /** @throws serving.request_not_found */
  cancel(requestId: string): void {
    if (!this.#deps.requests.cancel(requestId)) throw new AppError('serving.request_not_found', 'no such request is under way', { requestId });
  }

  readLog({ id }: Pick<ModelConfig, 'id'>): readonly string[] {
    return this.#deps.scheduler.linesOf(id);
  }

  /** Each new line of one model's engines. */
  onDidLogOf({ id }: Pick<ModelConfig, 'id'>): Event<string> {
    return (call) => this.onDidLog(({ configId, line }) => { if (configId === id) call(line); });
  }

  /** Where a loaded model answers, without keeping it there; null when it is not loaded. */
  getEndpoint(configId: string): { readonly endpoint: EngineEndpoint; readonly upstreamModel: string } | null {
    return this.#deps.scheduler.endpointOf(configId);
  }

  #isMoving(): boolean {
    const { requests, scheduler } = this.#deps;
    return requests.isGenerating || scheduler.units.values().some(({ phase }) => phase.kind === 'loading');
  }

  /** Loads that are in memory, or waited for, although no configuration means them any more. */
  #listLeaving(): Unit[] {
    const { configs, scheduler } = this.#deps;
    const served = new Set(configs.list().map(({ id }) => scheduler.unitOf(id)));
    return [...scheduler.units.values()].filter((unit) => !served.has(unit) && (isResident(unit.phase) || unit.waiters.length > 0));
  }

  /** Those under way; the scheduler knows the place of who waits. */
  #listRequests(): ServingRequest[] {
    const { requests, scheduler, clock } = this.#deps;
    const nowMs = clock.monotonicMs();
    const places = new Map(scheduler.units.values().flatMap(({ waiters }) => toPlaces(waiters, nowMs)));
    return requests.list().map((request) => ({ ...request, position: places.get(request.id) ?? null }));
  }

  #takeConfig(config: ModelConfig): void {
    const { scheduler } = this.#deps;
    if (config.isEnabled) scheduler.refresh(config);
    else scheduler.retire(config.id);
  }

  #preload(config: ModelConfig): void {
    this.#deps.scheduler.load(config).then((result) => {
      if (result.kind === 'refused') this.#deps.log.warn('engine.preload_failed', { name: config.name, refusal: result.refusal });
    }, (error: unknown) => { this.#deps.log.error('engine.preload_failed', { name: config.name, error }); });
  }
}

function toLoadError(model: string, refusal: SlotRefusal): AppError {
  if (refusal.kind === 'insufficient_vram') {
    const { neededBytes, freeBytes, holders } = refusal;
    return new AppError('lease.insufficient_vram', 'there is not enough memory', { model, neededBytes, freeBytes, holders: [...holders] });
  }
  return new AppError('serving.load_failed', 'the model was not loaded', { model, ...toFailure(refusal) });
}

function toFailure(refusal: Exclude<SlotRefusal, { kind: 'insufficient_vram' }>): Pick<ErrorDetails<'serving.load_failed'>, 'failure' | 'detail'> {
  if (refusal.kind === 'engine_crashed') return { failure: 'crashed', detail: refusal.detail };
  return refusal.kind === 'load_failed' ? { failure: refusal.failure, detail: refusal.detail } : { failure: refusal.kind, detail: '' };
}
