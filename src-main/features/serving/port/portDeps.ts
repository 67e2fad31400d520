import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ModelVersion } from '#contract/models.ts';
import type { ServedModel } from '#contract/serving.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Event } from '../../../base/emitter.ts';
import type { Logger } from '../../../base/logger.ts';
import type { Upstream } from '../../../platform/http/upstream.ts';
import type { EngineEndpoint } from '../engines/enginePort.ts';
import type { ApiKeyService } from '../keys/apiKeyService.ts';
import type { KeyLimiter } from '../keys/keyLimiter.ts';
import type { Slots } from '../scheduler/schedulerPort.ts';
import type { ExchangeBook } from './exchange/exchangeBook.ts';
import type { ReadRounds } from '../../../platform/http/readRounds.ts';
import type { WriteRounds } from '../../../platform/http/writeRounds.ts';
import type { ResponseStore } from './responses/responseStore.ts';

/** The models that can be asked for. */
export interface ServedModels {
  list(): readonly ModelConfig[];
  /** By name or alias, and whatever else names a model here; null for none. */
  find(name: string): ModelConfig | null;
  /** What is known of its weights; null for what has none here. */
  getVersion(config: ModelConfig): Pick<ModelVersion, 'capabilities' | 'sizeBytes' | 'architecture' | 'parameterCount' | 'quantisation' | 'contextTokens' | 'format' | 'contentSha256'> | null;
}

/** What is loaded, and what loads it without a request. */
export interface ModelControl {
  /** Everything that the scheduler knows of. */
  list(): readonly ServedModel[];
  /** @throws serving.load_failed, lease.insufficient_vram */
  load(config: ModelConfig): Promise<ServedModel>;
  /** After the drain; `force` aborts what runs. */
  unload(config: ModelConfig, options: { force: boolean }): Promise<ServedModel>;
  readLog(config: ModelConfig): readonly string[];
  /** Where a loaded model answers, without keeping it there; null when it is not loaded. */
  getEndpoint(configId: string): { readonly endpoint: EngineEndpoint; readonly upstreamModel: string } | null;
  readonly onDidChange: Event<ServedModel>;
  readonly onDidLog: Event<{ readonly configId: string; readonly line: string }>;
}

/** What the model port is made of. */
export interface PortDeps {
  readonly models: ServedModels;
  readonly control: ModelControl;
  readonly slots: Slots;
  readonly upstream: Pick<Upstream, 'send'>;
  readonly keys: Pick<ApiKeyService, 'check'>;
  readonly limiter: KeyLimiter;
  readonly book: ExchangeBook;
  readonly responses: ResponseStore;
  readonly writeRounds: WriteRounds;
  readonly readRounds: ReadRounds;
  readonly isLoopbackOpen: () => boolean;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}
