import { Emitter } from '../../../base/emitter.ts';
import type { Clock } from '../../../base/clock.ts';
import { joinPath, namesVersion } from '../../../platform/http/joinPath.ts';
import type { Engine, EngineEndpoint, EngineExit, EngineHealth, EngineLaunch, EngineReport, EngineStarter } from './enginePort.ts';

/** How long one that does not answer is asked before it counts as unreachable. */
const REACH_MS = 10_000;

interface ExternalDeps {
  readonly clock: Clock;
  /** The value of an environment variable or a secret, by name; null where there is none. */
  readonly readSecret: (name: string) => string | null;
  readonly fetch: typeof fetch;
}

/** Servers elsewhere that speak OpenAI's protocol: nothing is started and nothing is taken here. */
export class ExternalEngineStarter implements EngineStarter {
  readonly kind = 'external';
  readonly #deps: ExternalDeps;

  constructor(deps: ExternalDeps) {
    this.#deps = deps;
  }

  readAvailability(): ReturnType<EngineStarter['readAvailability']> {
    return Promise.resolve({ kind: 'there', version: null });
  }

  start(launch: EngineLaunch): Engine {
    return new ExternalEngine(this.#deps, launch);
  }
}

class ExternalEngine implements Engine {
  readonly kind = 'external';
  readonly pid = null;
  readonly mark = null;
  readonly #deps: ExternalDeps;
  readonly #didReport = new Emitter<EngineReport>();
  readonly #didExit = new Emitter<EngineExit>();
  readonly #endpoint: EngineEndpoint | null;
  readonly #startedAtMs: number;
  #hasAnswered = false;
  #isOver = false;

  readonly onDidReport = this.#didReport.event;
  readonly onDidExit = this.#didExit.event;

  constructor(deps: ExternalDeps, { settings: { external } }: EngineLaunch) {
    this.#deps = deps;
    this.#startedAtMs = deps.clock.monotonicMs();
    const key = external?.keyVariable == null ? null : deps.readSecret(external.keyVariable);
    this.#endpoint = external === null ? null : { origin: toOrigin(external.baseUrl), socketPath: null, headers: key === null ? {} : { authorization: `Bearer ${key}` } };
    const problem = findProblem(external, key);
    if (problem !== null) queueMicrotask(() => { this.#end(problem); });
  }

  getEndpoint(): EngineEndpoint | null {
    return this.#isOver ? null : this.#endpoint;
  }

  /** Ready once it lists its models; one that refuses the key never becomes so. */
  async readHealth(signal: AbortSignal): Promise<EngineHealth> {
    if (this.#endpoint === null || this.#isOver) return { kind: 'silent' };
    const answer = await this.#ask(this.#endpoint, signal);
    if (answer === 'ready') { this.#hasAnswered = true; return { kind: 'ready' }; }
    const isTooLong = this.#deps.clock.monotonicMs() - this.#startedAtMs >= REACH_MS;
    if (!this.#hasAnswered && (isTooLong || answer.isFinal)) this.#end(answer.problem);
    return { kind: 'silent' };
  }

  readResident(): Promise<null> {
    return Promise.resolve(null);
  }

  stop(): Promise<void> {
    this.#isOver = true;
    return Promise.resolve();
  }

  async #ask({ origin, headers }: EngineEndpoint, signal: AbortSignal): Promise<'ready' | { problem: string; isFinal: boolean }> {
    try {
      const response = await this.#deps.fetch(`${new URL(origin).origin}${joinPath(new URL(origin), '/v1/models')}`, { headers, signal });
      await response.body?.cancel();
      if (response.ok) return 'ready';
      return { problem: `it answers ${response.status}`, isFinal: response.status === 401 || response.status === 403 };
    } catch (error) {
      return { problem: error instanceof Error ? `it cannot be reached: ${error.message}` : 'it cannot be reached', isFinal: false };
    }
  }

  #end(problem: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#didReport.fire({ kind: 'log', line: problem });
    this.#didExit.fire({ code: null, signal: null, tail: [problem], failure: 'unreachable' });
  }
}

function findProblem(external: EngineLaunch['settings']['external'], key: string | null): string | null {
  if (external === null) return 'it has no address';
  return external.keyVariable !== null && key === null ? `${external.keyVariable} is not set` : null;
}

/** Addresses are written with and without the `/v1` that clients append. Where a path names another version, it is whole. */
export function toOrigin(baseUrl: string): string {
  const whole = baseUrl.replace(/\/+$/, '');
  const bare = whole.replace(/\/v1$/, '');
  return namesVersion(new URL(bare)) ? whole : bare;
}
