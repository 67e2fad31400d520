import type { UsageGroup, UsageRow, UsageSum } from '#contract/usage.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import type { KeyTotals } from '../keys/apiKeyService.ts';
import type { UsageEntry, UsageQuery, UsageRepository } from './usageRepository.ts';

/** One request that has ended, in the figures that its client was told. */
export interface UsageFact {
  readonly keyId: string | null;
  readonly keyName: string;
  readonly model: string;
  readonly endpoint: string;
  readonly outcome: 'done' | 'failed' | 'stopped';
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  /** Null for what has no first token. */
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
}

interface LedgerDeps {
  repository: Pick<UsageRepository, 'add' | 'list' | 'listSums' | 'readTotalsByKey' | 'readTokensOfDay' | 'deleteBefore'>;
  clock: Clock;
  log: Logger;
  isReadOnly: boolean;
}

/** What ends alone is written almost at once. A write takes some 60 µs (measured on SSD), so many share one a second. */
const WRITE_AFTER_MS = 100;
const WRITE_EVERY_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Adds up what was used. What ended is written within a tenth of a second, under load within one, and before anything is read. */
export class UsageLedger {
  readonly #deps: LedgerDeps;
  readonly #pending = new Map<string, UsageEntry>();
  #cancelWrite: (() => void) | null = null;
  #wroteAtMs = -WRITE_EVERY_MS;
  #stopPruning: (() => void) | null = null;

  constructor(deps: LedgerDeps) {
    this.#deps = deps;
  }

  /** Forgets days that are older than this many, now and once a day; what keys used in all stays. */
  start(getKeepDays: () => number): void {
    const { repository, clock, isReadOnly } = this.#deps;
    if (isReadOnly || this.#stopPruning !== null) return;
    const prune = (): void => { repository.deleteBefore(dayOf(clock.nowMs() - getKeepDays() * DAY_MS)); };
    this.#stopPruning = clock.every(DAY_MS, prune);
    prune();
  }

  add(fact: UsageFact): void {
    const atMs = this.#deps.clock.nowMs();
    const one = toEntry(fact, atMs);
    const key = JSON.stringify([one.day, one.keyId, one.keyName, one.model, one.endpoint]);
    const before = this.#pending.get(key);
    this.#pending.set(key, before === undefined ? one : join(before, one));
    this.#cancelWrite ??= this.#deps.clock.after(this.#toDelayMs(), () => { this.#write(); });
  }

  list(query: UsageQuery): UsageRow[] {
    this.#write();
    return this.#deps.repository.list(query);
  }

  /** The newest day first; else whoever used the most tokens. */
  listSums({ by, ...query }: UsageQuery & { by: UsageGroup }): UsageSum[] {
    this.#write();
    return this.#deps.repository.listSums(by, query);
  }

  /** Of all time. */
  readTotalsByKey(): Map<string, KeyTotals> {
    this.#write();
    return this.#deps.repository.readTotalsByKey();
  }

  /** Tokens in and out since midnight, UTC. */
  readTokensToday(keyId: string): number {
    this.#write();
    return this.#deps.repository.readTokensOfDay(keyId, dayOf(this.#deps.clock.nowMs()));
  }

  stop(): void {
    this.#stopPruning?.();
    this.#stopPruning = null;
    this.#write();
  }

  #toDelayMs(): number {
    return Math.max(WRITE_AFTER_MS, this.#wroteAtMs + WRITE_EVERY_MS - this.#deps.clock.monotonicMs());
  }

  /** What cannot be written now is kept for the next time. */
  #write(): void {
    this.#cancelWrite?.();
    this.#cancelWrite = null;
    if (this.#pending.size === 0) return;
    const { repository, clock, log, isReadOnly } = this.#deps;
    this.#wroteAtMs = clock.monotonicMs();
    if (isReadOnly) { this.#pending.clear(); return; }
    try {
      repository.add([...this.#pending.values()]);
      this.#pending.clear();
    } catch (error) {
      log.error('usage.write_failed', { error, rowCount: this.#pending.size });
    }
  }
}

function toEntry({ outcome, firstTokenMs, totalMs, ...fact }: UsageFact, atMs: number): UsageEntry {
  return {
    ...fact, day: dayOf(atMs), requestCount: 1, failedCount: Number(outcome === 'failed'), stoppedCount: Number(outcome === 'stopped'),
    firstTokenMsSum: firstTokenMs ?? 0, firstTokenCount: Number(firstTokenMs !== null), totalMsSum: totalMs, lastAtMs: atMs,
  };
}

function join(a: UsageEntry, b: UsageEntry): UsageEntry {
  return {
    ...a,
    requestCount: a.requestCount + b.requestCount, failedCount: a.failedCount + b.failedCount, stoppedCount: a.stoppedCount + b.stoppedCount,
    promptTokens: a.promptTokens + b.promptTokens, completionTokens: a.completionTokens + b.completionTokens, cachedTokens: a.cachedTokens + b.cachedTokens,
    firstTokenMsSum: a.firstTokenMsSum + b.firstTokenMsSum, firstTokenCount: a.firstTokenCount + b.firstTokenCount, totalMsSum: a.totalMsSum + b.totalMsSum, lastAtMs: b.lastAtMs,
  };
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
