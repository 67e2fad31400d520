import { apiKeySettings } from '#contract/apiKeys.ts';
import type { ApiKey, ApiKeySettings } from '#contract/apiKeys.ts';
import { parseNames } from '../config/configDraft.ts';
import { toFaults } from '../config/faults.ts';
import type { Fault } from '../config/faults.ts';

const DAY_MS = 86_400_000;

/** Until when a key is good: as it was set before, for ever, or for so many days from now. */
export const lives = ['same', 'ever', '1', '7', '30', '90', '365'] as const;
export type Life = (typeof lives)[number];

/** A key while it is edited: models as they are typed, the end as it is chosen. A number that cannot be read is NaN. */
export interface KeyDraft { settings: ApiKeySettings; models: string; life: Life }

export function toKeyDraft(key: ApiKey | null): KeyDraft {
  const settings = apiKeySettings.parse(key ?? { name: 'new' });
  return { settings: key === null ? { ...settings, name: '' } : settings, models: settings.models.join(', '), life: settings.expiresAtMs === null ? 'ever' : 'same' };
}

/** What a draft says at a moment. */
export function readKeyDraft({ settings, models, life }: KeyDraft, nowMs: number): ApiKeySettings {
  return { ...settings, models: parseNames(models), expiresAtMs: toEnd(life, settings.expiresAtMs, nowMs) };
}

/** Everything that is wrong with a draft. */
export function findKeyFaults({ settings, models }: KeyDraft): Fault[] {
  return toFaults(apiKeySettings.safeParse({ ...settings, models: parseNames(models) }).error);
}

function toEnd(life: Life, endMs: number | null, nowMs: number): number | null {
  if (life === 'same') return endMs;
  return life === 'ever' ? null : nowMs + Number(life) * DAY_MS;
}

/** Whether a key is let in. */
export function toKeyState({ revokedAtMs, expiresAtMs }: Pick<ApiKey, 'revokedAtMs' | 'expiresAtMs'>, nowMs: number): 'valid' | 'expired' | 'revoked' {
  if (revokedAtMs !== null) return 'revoked';
  return expiresAtMs !== null && expiresAtMs <= nowMs ? 'expired' : 'valid';
}
