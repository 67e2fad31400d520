import type { UsageRow } from '#contract/usage.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import type { KeyTotals } from '../keys/apiKeyService.ts';
import type { UsageQuery, UsageRepository, UsageSum } from './usageRepository.ts';

/** One request that has ended, in the figures that its client was told. */
export interface UsageFact {
  readonly keyId: string | null;
  readonly keyName: string;
  readonly model: string;
  readonly endpoint: string;
  readonly isFailed: boolean;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  /** Null for what has no first token. */
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
}

interface LedgerDeps {
  repository: Pick<UsageRepository, 'add' | 'list' | 'readTotalsByKey' | 'readTokensOfDay' | 'deleteBefore'>;
  clock: Clock;
  log: Logger;
  isReadOnly: boolean;
}

const WRITE_AFTER_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Adds up what was used. What ended is written within a second, and before anything is read. */
export class UsageLedger {
  readonly #deps: LedgerDeps;
  readonly #pending = new Map<string, UsageSum>();
  #cancelWrite: (() => void) | null = null;

  constructor(deps: LedgerDeps) {
    this.#deps = deps;
  }

  /** Forgets days that are older than this many. */
  start({ keepDays }: { keepDays: number }): void {
    if (!this.#deps.isReadOnly) this.#deps.repository.deleteBefore(dayOf(this.#deps.clock.nowMs() - keepDays * DAY_MS));
  }

  add(fact: UsageFact): void {
    const atMs = this.#deps.clock.nowMs();
    const one = toSum(fact, atMs);
    const key = JSON.stringify([one.day, one.keyId, one.keyName, one.model, one.endpoint]);
    const before = this.#pending.get(key);
    this.#pending.set(key, before === undefined ? one : join(before, one));
    this.#cancelWrite ??= this.#deps.clock.after(WRITE_AFTER_MS, () => { this.#write(); });
  }

  list(query: UsageQuery): UsageRow[] {
    this.#write();
    return this.#deps.repository.list(query);
  }

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
    this.#write();
  }

  /** What cannot be written now is kept for the next time. */
  #write(): void {
    this.#cancelWrite?.();
    this.#cancelWrite = null;
    if (this.#pending.size === 0) return;
    const { repository, log, isReadOnly } = this.#deps;
    if (isReadOnly) { this.#pending.clear(); return; }
    try {
      repository.add([...this.#pending.values()]);
      this.#pending.clear();
    } catch (error) {
      log.error('usage.write_failed', { error, rowCount: this.#pending.size });
    }
  }
}

function toSum({ isFailed, firstTokenMs, totalMs, ...fact }: UsageFact, atMs: number): UsageSum {
  return { ...fact, day: dayOf(atMs), requestCount: 1, failedCount: Number(isFailed), firstTokenMsSum: firstTokenMs ?? 0, firstTokenCount: Number(firstTokenMs !== null), totalMsSum: totalMs, lastAtMs: atMs };
}

function join(a: UsageSum, b: UsageSum): UsageSum {
  return {
    ...a,
    requestCount: a.requestCount + b.requestCount, failedCount: a.failedCount + b.failedCount,
    promptTokens: a.promptTokens + b.promptTokens, completionTokens: a.completionTokens + b.completionTokens, cachedTokens: a.cachedTokens + b.cachedTokens,
    firstTokenMsSum: a.firstTokenMsSum + b.firstTokenMsSum, firstTokenCount: a.firstTokenCount + b.firstTokenCount, totalMsSum: a.totalMsSum + b.totalMsSum, lastAtMs: b.lastAtMs,
  };
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
