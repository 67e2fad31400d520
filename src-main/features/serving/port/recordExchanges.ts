import type { Disposable } from '../../../base/disposables.ts';
import type { Logger } from '../../../base/logger.ts';
import type { KeyLimiter } from '../keys/keyLimiter.ts';
import type { ServingMetrics } from '../usage/servingMetrics.ts';
import type { UsageLedger } from '../usage/usageLedger.ts';
import type { ExchangeBook } from './exchange/exchangeBook.ts';

interface Records { ledger: Pick<UsageLedger, 'add'>; limiter: Pick<KeyLimiter, 'addTokens'>; metrics: Pick<ServingMetrics, 'add'>; log: Logger }

/** Writes each request down at its end: in the ledger, against its key's limits, in the metrics and in the log. Never its words. */
export function recordExchanges(book: ExchangeBook, { ledger, limiter, metrics, log }: Records): Disposable {
  return book.onDidEnd((exchange) => {
    const { facts: { endpoint, config, model, keyId, keyName, isStream }, usage, firstTokenMs, totalMs } = exchange;
    const name = config?.name ?? model;
    const status = exchange.httpStatus ?? 500;
    ledger.add({ keyId, keyName, model: name, endpoint, outcome: exchange.outcome, ...usage, firstTokenMs, totalMs });
    if (keyId !== null) limiter.addTokens(keyId, usage.promptTokens + usage.completionTokens);
    metrics.add({ model: name, endpoint, status, promptTokens: usage.promptTokens, completionTokens: usage.completionTokens, firstTokenMs, totalMs });
    log.info('port.request', { requestId: exchange.id, endpoint, model: name, key: keyName, isStream, status, ...usage, firstTokenMs: round(firstTokenMs), totalMs: round(totalMs) });
  });
}

function round(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds * 10) / 10;
}
