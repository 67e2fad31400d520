import { ModelPortCarrier } from '../api/carriers/modelPortCarrier.ts';
import type { Clock } from '../base/clock.ts';
import { DisposableStack } from '../base/disposables.ts';
import type { Logger } from '../base/logger.ts';
import type { JournalService } from '../features/journal/index.ts';
import { ApiKeyRepository, ApiKeyService, KeyLimiter, ModelPort, recordExchanges, ServingMetrics, UsageLedger, UsageRepository, type ExchangeBook, type PortDeps, type ServingService } from '../features/serving/index.ts';
import type { SettingsService } from '../features/settings/index.ts';
import { PooledUpstream } from '../platform/http/pooledUpstream.ts';
import type { OpenedDatabase } from '../platform/sqlite/database.ts';

interface Surroundings {
  opened: OpenedDatabase;
  journal: JournalService;
  settings: SettingsService;
  apiKeySecret: string;
  version: string;
  /** The models, and who loads them. */
  serving: Pick<PortDeps, 'models' | 'control' | 'slots'> & Pick<ServingService, 'onDidTransition'>;
  book: ExchangeBook;
  clock: Clock;
  log: Logger;
}

/** The model port with its keys, its ledger and its figures. */
export interface PortFeatures {
  readonly apiKeys: ApiKeyService;
  readonly usage: UsageLedger;
  readonly carrier: ModelPortCarrier;
  /** What the port adds to the page at /metrics. */
  readonly renderMetrics: () => string;
  start(): Promise<void>;
  /** Refuses what comes and ends what runs, while its clients are still connected. */
  close(): Promise<void>;
  /** Ends the rest and writes down what was used. */
  stop(): Promise<void>;
}

export function createPortFeatures({ opened, journal, settings, apiKeySecret, version, serving, book, clock, log }: Surroundings): PortFeatures {
  const usage = new UsageLedger({ repository: new UsageRepository(opened.database), clock, log, isReadOnly: opened.isReadOnly });
  const apiKeys = new ApiKeyService({ repository: new ApiKeyRepository(opened.database), readTotals: () => usage.readTotalsByKey(), journal, secret: apiKeySecret, clock });
  const limiter = new KeyLimiter({ clock, readTokensToday: (keyId) => usage.readTokensToday(keyId) });
  const metrics = new ServingMetrics();
  const upstream = new PooledUpstream({ clock });
  const port = new ModelPort({ ...serving, upstream, keys: apiKeys, limiter, book, isLoopbackOpen: () => settings.get('serving.loopbackWithoutKey') === 'on', version, clock, log });
  const stack = new DisposableStack();
  return {
    apiKeys, usage,
    carrier: new ModelPortCarrier({ port, getAllowedOrigins: () => settings.get('serving.allowedOrigins') }),
    renderMetrics: () => metrics.render({ models: serving.control.list(), runningCount: book.list().length }),
    start: async () => {
      apiKeys.start();
      usage.start(() => settings.get('serving.usageKeepDays'));
      stack.add(recordExchanges(book, { ledger: usage, limiter, metrics, log }));
      stack.add(serving.onDidTransition(({ name, from }) => { if (from === 'unloading') metrics.addUnload(name); }));
      await port.start();
    },
    close: () => port.stop(),
    stop: async () => {
      await port.stop();
      await upstream.close();
      stack.dispose();
      usage.stop();
    },
  };
}
