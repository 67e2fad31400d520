import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openMemoryDatabase } from '../../../../test/fakes/facts/aGpu.ts';
import { FakeClock } from '../../../../test/fakes/facts/fakeClock.ts';
import { silentLog } from '../../../base/logger.ts';
import { migrations } from '../../../platform/sqlite/migrations.ts';
import { UsageLedger, type UsageFact } from './usageLedger.ts';
import { UsageRepository } from './usageRepository.ts';

const DAY_MS = 86_400_000;
const aFact = (set: Partial<UsageFact> = {}): UsageFact => ({ keyId: 'key_1', keyName: 'laptop', model: 'demo', endpoint: '/v1/chat/completions', outcome: 'done', promptTokens: 10, completionTokens: 5, cachedTokens: 0, firstTokenMs: 20, totalMs: 100, ...set });

function createWorld() {
  const clock = new FakeClock(Date.UTC(2026, 0, 1, 12));
  const repository = new UsageRepository(openMemoryDatabase());
  const ledger = new UsageLedger({ repository, clock, log: silentLog, isReadOnly: false });
  return { clock, ledger, repository, countWritten: () => repository.list({}).reduce((sum, { requestCount }) => sum + requestCount, 0) };
}

test('what somebody stopped is counted apart from what failed', () => {
  const { ledger } = createWorld();
  for (const outcome of ['done', 'failed', 'stopped', 'stopped'] as const) ledger.add(aFact({ outcome }));

  expect(ledger.list({})).toMatchObject([{ requestCount: 4, failedCount: 1, stoppedCount: 2, promptTokens: 40 }]);
});

test('the usage is summed by each of its sides and from a day on', async () => {
  const { ledger, clock } = createWorld();
  ledger.add(aFact({ model: 'big', promptTokens: 1_000 }));
  await clock.advance(DAY_MS);
  for (const keyName of ['laptop', 'phone']) ledger.add(aFact({ keyId: keyName, keyName }));
  const names = (by: 'day' | 'key' | 'model' | 'endpoint', fromDay?: string): unknown[] => ledger.listSums({ by, fromDay }).map(({ name, requestCount }) => [name, requestCount]);

  expect([names('day'), names('key'), names('model'), names('endpoint')]).toEqual([[['2026-01-02', 2], ['2026-01-01', 1]], [['laptop', 2], ['phone', 1]], [['big', 1], ['demo', 2]], [['/v1/chat/completions', 3]]]);
  expect(names('model', '2026-01-02')).toEqual([['demo', 2]]);
});

test('old days are forgotten each day, and what a key used in all stays', async () => {
  const { ledger, clock, repository } = createWorld();
  ledger.start(() => 2);
  ledger.add(aFact());
  await clock.advance(2 * DAY_MS);
  const before = repository.list({}).length;
  await clock.advance(DAY_MS);

  expect([before, repository.list({})]).toEqual([1, []]);
  expect(ledger.readTotalsByKey().get('key_1')).toEqual({ requestCount: 1, promptTokens: 10, completionTokens: 5, lastUsedAtMs: Date.UTC(2026, 0, 1, 12) });
  ledger.stop();
  expect(clock.pendingCount).toBe(0);
});

test('a lone request is written within a tenth of a second, many within one', async () => {
  const { ledger, clock, countWritten } = createWorld();
  const written: number[] = [];
  ledger.add(aFact());
  await clock.advance(100);
  written.push(countWritten());
  for (let n = 0; n < 9; n += 1) { ledger.add(aFact()); await clock.advance(100); }
  written.push(countWritten());
  await clock.advance(100);

  expect([...written, countWritten()]).toEqual([1, 1, 10]);
});

test('what keys had used before their totals were kept is taken over', () => {
  const database = new SqliteDatabase(':memory:');
  for (const { up } of migrations.filter(({ version }) => version < 9)) database.exec(up);
  for (const day of ['2026-01-01', '2026-01-02']) database.prepare('INSERT INTO usage_rows VALUES (?, ?, ?, ?, ?, 2, 1, 30, 20, 0, 5, 1, 9, 7)').run(day, 'key_1', 'laptop', 'demo', '/v1/models');
  for (const { up } of migrations.filter(({ version }) => version >= 9)) database.exec(up);

  expect(new UsageRepository(database).readTotalsByKey()).toEqual(new Map([['key_1', { requestCount: 4, promptTokens: 60, completionTokens: 40, lastUsedAtMs: 7 }]]));
});
