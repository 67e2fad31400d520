import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { LoadFailure, WaitReason } from '#contract/serving.ts';
import type { EngineEndpoint } from '../engines/enginePort.ts';

/** A request that wants a slot of a model. */
export interface SlotRequest {
  readonly requestId: string;
  readonly config: ModelConfig;
  readonly keyId: string | null;
  readonly priority: number;
  /** The client went away, or somebody cancelled. */
  readonly signal: AbortSignal;
  /** Called each time the reason changes for which it waits. */
  readonly onWait?: ((reason: WaitReason) => void) | undefined;
  /** When the engine last sent something for it, on the clock that only grows; null while it has not. */
  readonly getHeardAtMs?: (() => number | null) | undefined;
  /** Called at most once while it has its slot, when nothing more will come from the engine: it died, was unloaded by force, or all ends. */
  readonly onLost?: ((cause: SlotLoss) => void) | undefined;
}

/** How a slot was taken away. */
export type SlotLoss = 'crashed' | 'forced' | 'cancelled';

/** A slot that is held until the request has ended. The model is not unloaded meanwhile, unless somebody forces it. */
export interface SlotLease extends Disposable {
  readonly endpoint: EngineEndpoint;
  /** The model's name as the engine knows it. */
  readonly upstreamModel: string;
  /** How long the request is to keep the model after its end: null as configured, 0 not, −1 for ever; in seconds. */
  keepFor(ttlSeconds: number | null): void;
  /** Gives the slot back; twice is harmless. */
  [Symbol.dispose](): void;
}

/** Which memory is meant. */
export type MemoryPlace = 'gpu' | 'ram';

/** Why a request gets no slot. Answered to the client as section 1 of the serving rules says. */
export type SlotRefusal =
  | { readonly kind: 'queue_full'; readonly retryAfterMs: number; readonly scope: 'all' | 'model' | 'key' }
  | { readonly kind: 'insufficient_vram'; readonly neededBytes: number; readonly freeBytes: number; readonly holders: readonly string[] }
  /** Others hold the memory that it needs there. */
  | { readonly kind: 'gpu_busy'; readonly place: MemoryPlace; readonly retryAfterMs: number }
  | { readonly kind: 'load_failed'; readonly failure: LoadFailure; readonly detail: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'engine_crashed'; readonly detail: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'model_unloaded' }
  | { readonly kind: 'shutting_down' };

export type SlotResult = { readonly kind: 'granted'; readonly slot: SlotLease } | { readonly kind: 'refused'; readonly refusal: SlotRefusal };

/** What the port asks of the scheduler. `request` never rejects and always settles. */
export interface Slots {
  request(request: SlotRequest): Promise<SlotResult>;
}
