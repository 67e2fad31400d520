import { z } from 'zod';
import type { UsageRow } from '#contract/usage.ts';
import type { Database } from '../../../platform/sqlite/database.ts';
import type { KeyTotals } from '../keys/apiKeyService.ts';

/** What is added to one row. */
export interface UsageSum extends UsageRow { readonly lastAtMs: number }

export interface UsageQuery { readonly fromDay?: string | undefined; readonly toDay?: string | undefined; readonly key?: string | undefined; readonly model?: string | undefined }

const row = z.object({
  day: z.string(), key_id: z.string(), key_name: z.string(), model: z.string(), endpoint: z.string(),
  request_count: z.number(), failed_count: z.number(), prompt_tokens: z.number(), completion_tokens: z.number(), cached_tokens: z.number(),
  first_token_ms_sum: z.number(), first_token_count: z.number(), total_ms_sum: z.number(),
});
const totals = z.object({ key_id: z.string(), requests: z.number(), prompt: z.number(), completion: z.number(), last_at_ms: z.number() });
const SUMS = ['request_count', 'failed_count', 'prompt_tokens', 'completion_tokens', 'cached_tokens', 'first_token_ms_sum', 'first_token_count', 'total_ms_sum'];

/** The only file with SQL on `usage_rows`. No key is kept as an empty id. */
export class UsageRepository {
  readonly #add;
  readonly #list;
  readonly #totals;
  readonly #tokensOfDay;
  readonly #deleteBefore;
  readonly #inTransaction;

  constructor(database: Database) {
    this.#add = database.prepare<(string | number)[]>(
      `INSERT INTO usage_rows (day, key_id, key_name, model, endpoint, ${SUMS.join(', ')}, last_at_ms) VALUES (?, ?, ?, ?, ?, ${SUMS.map(() => '?').join(', ')}, ?)
       ON CONFLICT DO UPDATE SET ${SUMS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}, last_at_ms = max(last_at_ms, excluded.last_at_ms)`);
    this.#list = database.prepare<{ from: string | null; to: string | null; key: string | null; model: string | null }>(
      `SELECT * FROM usage_rows WHERE (@from IS NULL OR day >= @from) AND (@to IS NULL OR day <= @to)
       AND (@key IS NULL OR key_id = @key OR key_name = @key) AND (@model IS NULL OR model = @model) ORDER BY day DESC, key_name, model, endpoint`);
    this.#totals = database.prepare(`SELECT key_id, sum(request_count) AS requests, sum(prompt_tokens) AS prompt, sum(completion_tokens) AS completion, max(last_at_ms) AS last_at_ms FROM usage_rows WHERE key_id <> '' GROUP BY key_id`);
    this.#tokensOfDay = database.prepare<[string, string], { tokens: number }>('SELECT coalesce(sum(prompt_tokens + completion_tokens), 0) AS tokens FROM usage_rows WHERE key_id = ? AND day = ?');
    this.#deleteBefore = database.prepare<[string]>('DELETE FROM usage_rows WHERE day < ?');
    this.#inTransaction = (work: () => void): void => { database.transaction(work).immediate(); };
  }

  /** Adds all of them or none. */
  add(sums: readonly UsageSum[]): void {
    this.#inTransaction(() => {
      for (const sum of sums) {
        this.#add.run(sum.day, sum.keyId ?? '', sum.keyName, sum.model, sum.endpoint, sum.requestCount, sum.failedCount, sum.promptTokens, sum.completionTokens, sum.cachedTokens, sum.firstTokenMsSum, sum.firstTokenCount, sum.totalMsSum, sum.lastAtMs);
      }
    });
  }

  /** The newest day first. */
  list({ fromDay, toDay, key, model }: UsageQuery): UsageRow[] {
    return this.#list.all({ from: fromDay ?? null, to: toDay ?? null, key: key ?? null, model: model ?? null }).map((raw) => {
      const kept = row.parse(raw);
      return {
        day: kept.day, keyId: kept.key_id === '' ? null : kept.key_id, keyName: kept.key_name, model: kept.model, endpoint: kept.endpoint,
        requestCount: kept.request_count, failedCount: kept.failed_count, promptTokens: kept.prompt_tokens, completionTokens: kept.completion_tokens, cachedTokens: kept.cached_tokens,
        firstTokenMsSum: kept.first_token_ms_sum, firstTokenCount: kept.first_token_count, totalMsSum: kept.total_ms_sum,
      };
    });
  }

  readTotalsByKey(): Map<string, KeyTotals> {
    return new Map(this.#totals.all().map((raw) => {
      const { key_id, requests, prompt, completion, last_at_ms } = totals.parse(raw);
      return [key_id, { requestCount: requests, promptTokens: prompt, completionTokens: completion, lastUsedAtMs: last_at_ms }];
    }));
  }

  readTokensOfDay(keyId: string, day: string): number {
    return this.#tokensOfDay.get(keyId, day)?.tokens ?? 0;
  }

  deleteBefore(day: string): void {
    this.#deleteBefore.run(day);
  }
}
