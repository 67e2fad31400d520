import type { EngineKind, ModelConfigSettings } from '#contract/modelConfigs.ts';
import type { ModelVersion } from '#contract/models.ts';
import { Emitter } from '../../../base/emitter.ts';
import type { Logger } from '../../../base/logger.ts';
import type { EngineStarter } from './enginePort.ts';

type Availability = Awaited<ReturnType<EngineStarter['readAvailability']>>;

export type EngineChoice =
  | { readonly kind: 'starter'; readonly starter: EngineStarter }
  | { readonly kind: 'missing'; readonly engine: EngineKind; readonly reason: string };

interface ShelfDeps {
  readonly starters: readonly EngineStarter[];
  /** The setting `serving.engine`. */
  readonly getPreferred: () => 'auto' | 'embedded' | 'llama-server';
  readonly log: Logger;
}

/** The engines of this machine, which of them can start, and which one a model is started with. */
export class EngineShelf {
  readonly #deps: ShelfDeps;
  readonly #available = new Map<EngineKind, Availability>();
  readonly #didChange = new Emitter<undefined>();
  #refreshing: Promise<void> = Promise.resolve();
  #signature = '';

  /** Fires after an engine came, went or changed its version, or another one is preferred. */
  readonly onDidChange = this.#didChange.event;

  constructor(deps: ShelfDeps) {
    this.#deps = deps;
  }

  /** Looks again what is there, after whoever looks already: that one may have begun before what is to be seen. */
  refresh(): Promise<void> {
    this.#refreshing = this.#refreshing.then(() => this.#refresh());
    return this.#refreshing;
  }

  /** Null while it has not been looked for, and when it is not there. */
  versionOf(kind: EngineKind): string | null {
    const availability = this.#available.get(kind);
    return availability?.kind === 'there' ? availability.version : null;
  }

  isThere(kind: EngineKind): boolean {
    return this.#available.get(kind)?.kind === 'there';
  }

  /** What would run it, whether it is there or not. */
  kindOf({ engine }: Pick<ModelConfigSettings, 'engine'>, version: Pick<ModelVersion, 'format'> | null): EngineKind {
    if (engine !== 'auto') return engine;
    if (version !== null && version.format !== 'gguf') return 'container';
    const preferred = this.#deps.getPreferred();
    if (preferred !== 'auto') return preferred;
    return this.isThere('llama-server') ? 'llama-server' : 'embedded';
  }

  choose(settings: Pick<ModelConfigSettings, 'engine'>, version: Pick<ModelVersion, 'format'> | null): EngineChoice {
    const kind = this.kindOf(settings, version);
    const starter = this.#deps.starters.find((one) => one.kind === kind);
    const availability = this.#available.get(kind);
    if (starter === undefined || availability === undefined) return { kind: 'missing', engine: kind, reason: `no ${kind} engine` };
    return availability.kind === 'there' ? { kind: 'starter', starter } : { kind: 'missing', engine: kind, reason: availability.reason };
  }

  async #refresh(): Promise<void> {
    await Promise.all(this.#deps.starters.map(async (starter) => {
      const availability = await starter.readAvailability().catch((error: unknown): Availability => {
        this.#deps.log.error('engine.availability_failed', { kind: starter.kind, error });
        return { kind: 'missing', reason: 'it could not be looked for' };
      });
      this.#available.set(starter.kind, availability);
    }));
    const signature = JSON.stringify([this.#deps.getPreferred(), ...this.#available]);
    if (signature !== this.#signature) { this.#signature = signature; this.#didChange.fire(undefined); }
  }
}
