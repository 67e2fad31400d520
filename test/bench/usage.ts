import { UsageRepository, type UsageEntry } from '../../src-main/features/serving/usage/usageRepository.ts';
import { usageGroup } from '#contract/usage.ts';
import { systemClock } from '../../src-main/base/clock.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { openDatabase } from '../../src-main/platform/sqlite/database.ts';
import { migrations } from '../../src-main/platform/sqlite/migrations.ts';
import { toBenchRow, type BenchRow } from './benchRow.ts';

const [DAYS, KEYS, MODELS] = [400, 4, 6];
const DAY_MS = 86_400_000;

/** How long the usage of four keys and six models in 400 days takes to read, as the window and the keys' page ask for it. */
export async function benchUsage(): Promise<BenchRow[]> {
  const { database } = openDatabase({ path: ':memory:', migrations, nowMs: systemClock.nowMs(), log: silentLog });
  const repository = new UsageRepository(database);
  const entries = Array.from({ length: DAYS * KEYS * MODELS }, (_, n) => anEntry(n));
  repository.add(entries);
  const fromDay = entries[30 * KEYS * MODELS - 1]?.day;
  const worst = (query: { fromDay?: string | undefined }): number => Math.max(...usageGroup.options.map((by) => best(() => { repository.listSums(by, query); })));
  const month = worst({ fromDay });
  const all = worst({});
  const totals = best(() => { repository.readTotalsByKey(); });
  const one = entries[0];
  const added = one === undefined ? 0 : best(() => { repository.add([one]); });
  database.close();
  const name = `usage: ${entries.length} rows`;
  return [
    toBenchRow({ name: `${name}, 30 days summed`, measured: month, unit: 'ms', atMost: 3 }),
    toBenchRow({ name: `${name}, all summed`, measured: all, unit: 'ms', atMost: 10 }),
    toBenchRow({ name: `${name}, what keys used in all`, measured: totals, unit: 'ms', atMost: 1 }),
    toBenchRow({ name: `${name}, one request added`, measured: added, unit: 'ms', atMost: 1 }),
  ];
}

function anEntry(n: number): UsageEntry {
  const [day, key, model] = [Math.floor(n / (KEYS * MODELS)), Math.floor(n / MODELS) % KEYS, n % MODELS];
  return {
    day: new Date(Date.UTC(2026, 0, 1) - day * DAY_MS).toISOString().slice(0, 10), keyId: `key_${key}`, keyName: `key ${key}`, model: `owner/model-${model}`, endpoint: '/v1/chat/completions', requestCount: 9, failedCount: 1, stoppedCount: 1,
    promptTokens: 9_000 + n, completionTokens: 900, cachedTokens: 0, firstTokenMsSum: 90, firstTokenCount: 9, totalMsSum: 9_000, lastAtMs: n,
  };
}

function best(work: () => void): number {
  return Math.min(...Array.from({ length: 9 }, () => { const startMs = performance.now(); work(); return performance.now() - startMs; }));
}
