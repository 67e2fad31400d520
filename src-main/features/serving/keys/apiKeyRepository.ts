import { z } from 'zod';
import { apiKeyId, apiKeySettings, type ApiKeyId, type ApiKeySettings } from '#contract/apiKeys.ts';
import type { Database } from '../../../platform/sqlite/database.ts';

/** A key as it is kept: never its secret, only the secret's digest. */
export interface ApiKeyRecord {
  readonly id: ApiKeyId;
  /** HMAC-SHA-256 in hexadecimal. */
  readonly digest: string;
  readonly hint: string;
  readonly settings: ApiKeySettings;
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
}

const row = z.object({ id: apiKeyId, digest: z.string(), hint: z.string(), settings: z.string().transform((text): unknown => JSON.parse(text)).pipe(apiKeySettings), created_at_ms: z.number(), revoked_at_ms: z.number().nullable() });

/** The only file with SQL on `api_keys`. */
export class ApiKeyRepository {
  readonly #list;
  readonly #save;

  constructor(database: Database) {
    this.#list = database.prepare('SELECT * FROM api_keys ORDER BY created_at_ms, id');
    this.#save = database.prepare<[string, string, string, string, number, number | null]>(
      `INSERT INTO api_keys (id, digest, hint, settings, created_at_ms, revoked_at_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET settings = excluded.settings, revoked_at_ms = excluded.revoked_at_ms`);
  }

  /** The oldest first, revoked ones too. */
  list(): ApiKeyRecord[] {
    return this.#list.all().map((raw) => {
      const { id, digest, hint, settings, created_at_ms, revoked_at_ms } = row.parse(raw);
      return { id, digest, hint, settings, createdAtMs: created_at_ms, revokedAtMs: revoked_at_ms };
    });
  }

  save({ id, digest, hint, settings, createdAtMs, revokedAtMs }: ApiKeyRecord): void {
    this.#save.run(id, digest, hint, JSON.stringify(settings), createdAtMs, revokedAtMs);
  }
}
