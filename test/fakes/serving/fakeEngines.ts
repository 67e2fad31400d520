import type { EngineKind } from '../../../src-main/contract/modelConfigs.ts';
import { Emitter } from '../../../src-main/base/emitter.ts';
import type { Engine, EngineEndpoint, EngineExit, EngineHealth, EngineLaunch, EngineReport, EngineStarter, ResidentMemory } from '../../../src-main/features/serving/engines/enginePort.ts';

const EXIT: EngineExit = { code: 1, signal: null, tail: ['error: it fell over'], failure: null };

/** An engine that does what the test says. */
export class FakeEngine implements Engine {
  readonly kind: EngineKind;
  readonly pid: number;
  readonly mark: string;
  readonly launch: EngineLaunch;
  readonly #didReport = new Emitter<EngineReport>();
  readonly #didExit = new Emitter<EngineExit>();
  readonly #onGone: (engine: FakeEngine) => void;
  #health: EngineHealth = { kind: 'loading', progress: null };
  #stopping: { readonly promise: Promise<undefined>; readonly resolve: (value: undefined) => void } | null = null;
  #isHanging = false;
  residentBytes: number | null = null;
  mappedFileBytes = 0;
  healthCount = 0;
  isGone = false;
  /** What `stop` waits for; null ends it at once. */
  isStubborn = false;

  readonly onDidReport = this.#didReport.event;
  readonly onDidExit = this.#didExit.event;

  constructor({ kind, pid, launch, onGone }: { kind: EngineKind; pid: number; launch: EngineLaunch; onGone: (engine: FakeEngine) => void }) {
    this.kind = kind;
    this.pid = pid;
    this.mark = `engine_${pid}`;
    this.launch = launch;
    this.#onGone = onGone;
  }

  get isStopping(): boolean {
    return this.#stopping !== null;
  }

  getEndpoint(): EngineEndpoint | null {
    return this.#health.kind === 'ready' ? { origin: `http://127.0.0.1:${this.pid}`, socketPath: null, headers: {} } : null;
  }

  readHealth(signal: AbortSignal): Promise<EngineHealth> {
    this.healthCount += 1;
    if (!this.#isHanging) return Promise.resolve(this.#health);
    return new Promise((resolve) => { signal.addEventListener('abort', () => { resolve({ kind: 'silent' }); }); });
  }

  readResident(): Promise<ResidentMemory | null> {
    const { residentBytes, mappedFileBytes } = this;
    return Promise.resolve(residentBytes === null ? null : { residentBytes, mappedFileBytes });
  }

  stop(): Promise<void> {
    this.#stopping ??= Promise.withResolvers<undefined>();
    if (!this.isStubborn || this.isGone) this.end();
    return this.#stopping.promise;
  }

  /** Listens still and answers nothing, until it becomes ready again. */
  hang(): void {
    this.#isHanging = true;
  }

  becomeReady(): void {
    this.#isHanging = false;
    this.#health = { kind: 'ready' };
  }

  setProgress(progress: number): void {
    this.#health = { kind: 'loading', progress };
  }

  report(report: EngineReport): void {
    this.#didReport.fire(report);
  }

  /** The process ends by itself. */
  crash(exit: Partial<EngineExit> = {}): void {
    this.#health = { kind: 'silent' };
    this.end();
    this.#didExit.fire({ ...EXIT, ...exit });
  }

  /** The last of its processes is gone. */
  end(): void {
    if (!this.isGone) { this.isGone = true; this.#onGone(this); }
    this.#stopping?.resolve(undefined);
  }
}

/** Starts fake engines and keeps them all. */
export class FakeStarter implements EngineStarter {
  readonly kind: EngineKind;
  readonly engines: FakeEngine[] = [];
  /** Engines answer as ready from their first moment while this is set. */
  isInstant = true;
  onStart: (engine: FakeEngine) => void = () => undefined;
  onGone: (engine: FakeEngine) => void = () => undefined;
  #pid = 1_000;

  constructor(kind: EngineKind = 'llama-server') {
    this.kind = kind;
  }

  get live(): FakeEngine[] {
    return this.engines.filter(({ isGone }) => !isGone);
  }

  readAvailability(): ReturnType<EngineStarter['readAvailability']> {
    return Promise.resolve({ kind: 'there', version: 'fake' });
  }

  start(launch: EngineLaunch): FakeEngine {
    this.#pid += 1;
    const engine = new FakeEngine({ kind: this.kind, pid: this.#pid, launch, onGone: (gone) => { this.onGone(gone); } });
    this.engines.push(engine);
    if (this.isInstant) engine.becomeReady();
    this.onStart(engine);
    return engine;
  }

  /** The newest engine of a model. */
  of(name: string): FakeEngine {
    const engine = this.engines.findLast(({ launch }) => launch.name === name);
    if (engine === undefined) throw new Error(`no engine of ${name} was started`);
    return engine;
  }
}
