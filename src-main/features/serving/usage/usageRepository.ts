import type { UsageGroup, UsageRow, UsageSum } from '#contract/usage.ts';
import type { Database } from '../../../platform/sqlite/database.ts';
import type { KeyTotals } from '../keys/apiKeyService.ts';

/** What is added to one row. */
export interface UsageEntry extends UsageRow { readonly lastAtMs: number }

export interface UsageQuery { readonly fromDay?: string | undefined; readonly toDay?: string | undefined; readonly key?: string | undefined; readonly model?: string | undefined }

const FIGURES = {
  requestCount: 'request_count', failedCount: 'failed_count', stoppedCount: 'stopped_count', promptTokens: 'prompt_tokens', completionTokens: 'completion_tokens', cachedTokens: 'cached_tokens',
  firstTokenMsSum: 'first_token_ms_sum', firstTokenCount: 'first_token_count', totalMsSum: 'total_ms_sum',
} as const;
const SIDES = { day: 'day', key: 'key_name', model: 'model', endpoint: 'endpoint' } as const satisfies Record<UsageGroup, string>;
const WHERE = 'WHERE (@from IS NULL OR day >= @from) AND (@to IS NULL OR day <= @to) AND (@key IS NULL OR key_id = @key OR key_name = @key) AND (@model IS NULL OR model = @model)';

interface QueryValues { from: string | null; to: string | null; key: string | null; model: string | null }

/** The only file with SQL on `usage_rows` and `usage_keys`. No key is kept as an empty id. */
export class UsageRepository {
  readonly #add;
  readonly #addToKey;
  readonly #list;
  readonly #sums;
  readonly #totals;
  readonly #tokensOfDay;
  readonly #deleteBefore;
  readonly #inTransaction;

  constructor(database: Database) {
    const columns = Object.values(FIGURES);
    this.#add = database.prepare<UsageEntry>(
      `INSERT INTO usage_rows (day, key_id, key_name, model, endpoint, ${columns.join(', ')}, last_at_ms) VALUES (@day, coalesce(@keyId, ''), @keyName, @model, @endpoint, ${Object.keys(FIGURES).map((name) => `@${name}`).join(', ')}, @lastAtMs)
       ON CONFLICT DO UPDATE SET ${columns.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}, last_at_ms = max(last_at_ms, excluded.last_at_ms)`);
    this.#addToKey = database.prepare<UsageEntry>(
      `INSERT INTO usage_keys (key_id, request_count, prompt_tokens, completion_tokens, last_at_ms) VALUES (@keyId, @requestCount, @promptTokens, @completionTokens, @lastAtMs)
       ON CONFLICT DO UPDATE SET ${['request_count', 'prompt_tokens', 'completion_tokens'].map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}, last_at_ms = max(last_at_ms, excluded.last_at_ms)`);
    const figures = Object.entries(FIGURES);
    this.#list = database.prepare<QueryValues, UsageRow>(`SELECT day, nullif(key_id, '') AS keyId, key_name AS keyName, model, endpoint, ${figures.map(([name, column]) => `${column} AS ${name}`).join(', ')} FROM usage_rows ${WHERE} ORDER BY day DESC, key_name, model, endpoint`);
    const prepareSums = (by: UsageGroup) => database.prepare<QueryValues, UsageSum>(`SELECT ${SIDES[by]} AS name, ${figures.map(([name, column]) => `sum(${column}) AS ${name}`).join(', ')} FROM usage_rows ${WHERE} GROUP BY name ORDER BY ${by === 'day' ? 'name DESC' : 'sum(prompt_tokens + completion_tokens) DESC, name'}`);
    this.#sums = { day: prepareSums('day'), key: prepareSums('key'), model: prepareSums('model'), endpoint: prepareSums('endpoint') };
    this.#totals = database.prepare<[], KeyTotals & { keyId: string }>('SELECT key_id AS keyId, request_count AS requestCount, prompt_tokens AS promptTokens, completion_tokens AS completionTokens, last_at_ms AS lastUsedAtMs FROM usage_keys');
    this.#tokensOfDay = database.prepare<[string, string], { tokens: number }>('SELECT coalesce(sum(prompt_tokens + completion_tokens), 0) AS tokens FROM usage_rows WHERE key_id = ? AND day = ?');
    this.#deleteBefore = database.prepare<[string]>('DELETE FROM usage_rows WHERE day < ?');
    this.#inTransaction = (work: () => void): void => { database.transaction(work).immediate(); };
  }

  /** Adds all of them or none. */
  add(entries: readonly UsageEntry[]): void {
    this.#inTransaction(() => {
      for (const entry of entries) {
        this.#add.run(entry);
        if (entry.keyId !== null) this.#addToKey.run(entry);
      }
    });
  }

  /** The newest day first. */
  list(query: UsageQuery): UsageRow[] {
    return this.#list.all(toValues(query));
  }

  /** The newest day first; else whoever used the most tokens. */
  listSums(by: UsageGroup, query: UsageQuery): UsageSum[] {
    return this.#sums[by].all(toValues(query));
  }

  /** Of all time, days that are deleted included. */
  readTotalsByKey(): Map<string, KeyTotals> {
    return new Map(this.#totals.all().map(({ keyId, ...totals }) => [keyId, totals]));
  }

  readTokensOfDay(keyId: string, day: string): number {
    return this.#tokensOfDay.get(keyId, day)?.tokens ?? 0;
  }

  deleteBefore(day: string): void {
    this.#deleteBefore.run(day);
  }
}

function toValues({ fromDay, toDay, key, model }: UsageQuery): QueryValues {
  return { from: fromDay ?? null, to: toDay ?? null, key: key ?? null, model: model ?? null };
}
