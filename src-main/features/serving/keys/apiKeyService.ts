import { createHmac, timingSafeEqual } from 'node:crypto';
import { apiKeyId, apiKeySettings, type ApiKey, type ApiKeySettings } from '#contract/apiKeys.ts';
import { AppError } from '#contract/errors.ts';
import type { JournalEvent } from '#contract/journal.ts';
import type { Clock } from '../../../base/clock.ts';
import { createId, createToken } from '../../../base/ids.ts';
import type { JournalService } from '../../journal/index.ts';
import type { ApiKeyRecord, ApiKeyRepository } from './apiKeyRepository.ts';

/** What a key has used in all. */
export interface KeyTotals { readonly requestCount: number; readonly promptTokens: number; readonly completionTokens: number; readonly lastUsedAtMs: number | null }

interface ApiKeyDeps {
  repository: Pick<ApiKeyRepository, 'list' | 'save'>;
  /** By key id. */
  readTotals: () => ReadonlyMap<string, KeyTotals>;
  journal: Pick<JournalService, 'record'>;
  /** A secret of the data folder: without it the digests in the database cannot be tried out. */
  secret: string;
  clock: Clock;
}

/** What came of looking at a key that a client showed. */
export type KeyCheck = { readonly kind: 'known'; readonly key: ApiKeyRecord } | { readonly kind: 'unknown' | 'revoked' | 'expired' };

/** Every secret of ours begins so; tools that look for leaked keys can find it. */
export const KEY_PREFIX = 'whk_';
const HINT_LETTERS = 8;
const NO_TOTALS: KeyTotals = { requestCount: 0, promptTokens: 0, completionTokens: 0, lastUsedAtMs: null };

/** Makes and checks the keys of the model port. Secrets are shown once and kept as HMAC-SHA-256 only. */
export class ApiKeyService {
  readonly #deps: ApiKeyDeps;
  readonly #byDigest = new Map<string, ApiKeyRecord>();

  constructor(deps: ApiKeyDeps) {
    this.#deps = deps;
  }

  start(): void {
    for (const key of this.#deps.repository.list()) this.#byDigest.set(key.digest, key);
  }

  list(): ApiKey[] {
    const totals = this.#deps.readTotals();
    return [...this.#byDigest.values()].map((key) => toApiKey(key, totals.get(key.id)));
  }

  /** The only time the secret is given out. @throws key.name_taken */
  create(settings: Partial<ApiKeySettings> & { name: string }): { key: ApiKey; secret: string } {
    this.#requireFreeName(settings.name, null);
    const secret = `${KEY_PREFIX}${createToken()}`;
    const nowMs = this.#deps.clock.nowMs();
    const key: ApiKeyRecord = {
      id: apiKeyId.parse(createId('key', nowMs)), digest: this.#digest(secret), hint: secret.slice(0, HINT_LETTERS),
      settings: apiKeySettings.parse(settings), createdAtMs: nowMs, revokedAtMs: null,
    };
    this.#keep(key, 'key.created');
    return { key: toApiKey(key, undefined), secret };
  }

  /** @throws key.not_found, key.name_taken */
  update(reference: string, set: Partial<ApiKeySettings>): ApiKey {
    const key = this.#find(reference);
    if (set.name !== undefined) this.#requireFreeName(set.name, key.id);
    const changed = { ...key, settings: apiKeySettings.parse({ ...key.settings, ...set }) };
    this.#keep(changed, 'key.changed');
    return toApiKey(changed, this.#deps.readTotals().get(key.id));
  }

  /** For good; twice is harmless. @throws key.not_found */
  revoke(reference: string): ApiKey {
    const key = this.#find(reference);
    const revoked = { ...key, revokedAtMs: key.revokedAtMs ?? this.#deps.clock.nowMs() };
    if (key.revokedAtMs === null) this.#keep(revoked, 'key.revoked');
    return toApiKey(revoked, this.#deps.readTotals().get(key.id));
  }

  /** Looks at what a client showed. Does not throw, and takes as long for a near miss as for any other. */
  check(secret: string): KeyCheck {
    const digest = this.#digest(secret);
    const key = this.#byDigest.get(digest);
    if (key === undefined || !timingSafeEqual(Buffer.from(key.digest, 'hex'), Buffer.from(digest, 'hex'))) return { kind: 'unknown' };
    if (key.revokedAtMs !== null) return { kind: 'revoked' };
    const { expiresAtMs } = key.settings;
    return expiresAtMs !== null && expiresAtMs <= this.#deps.clock.nowMs() ? { kind: 'expired' } : { kind: 'known', key };
  }

  #keep(key: ApiKeyRecord, event: JournalEvent): void {
    const { repository, journal } = this.#deps;
    repository.save(key);
    this.#byDigest.set(key.digest, key);
    journal.record({ event, subjectKind: 'key', subjectId: key.id, subjectName: key.settings.name });
  }

  /** By id, else by the name of one that is not revoked, else of the newest that was. */
  #find(reference: string): ApiKeyRecord {
    const keys = [...this.#byDigest.values()];
    const named = keys.filter(({ settings: { name } }) => name === reference);
    const key = keys.find(({ id }) => id === reference) ?? named.find(({ revokedAtMs }) => revokedAtMs === null) ?? named.at(-1);
    if (key === undefined) throw new AppError('key.not_found', 'no such key', { key: reference });
    return key;
  }

  #requireFreeName(name: string, exceptId: string | null): void {
    const isTaken = [...this.#byDigest.values()].some((key) => key.revokedAtMs === null && key.id !== exceptId && key.settings.name === name.trim());
    if (isTaken) throw new AppError('key.name_taken', 'another key has this name', { name });
  }

  #digest(secret: string): string {
    return createHmac('sha256', this.#deps.secret).update(secret).digest('hex');
  }
}

function toApiKey({ id, hint, settings, createdAtMs, revokedAtMs }: ApiKeyRecord, totals: KeyTotals = NO_TOTALS): ApiKey {
  return { ...settings, id, hint, createdAtMs, revokedAtMs, ...totals };
}
