import { expect, test } from 'vitest';
import { apiKey } from '#contract/apiKeys.ts';
import { findKeyFaults, readKeyDraft, toKeyDraft, toKeyState } from './keyDraft.ts';

const key = apiKey.parse({ name: 'laptop', scopes: ['infer'], models: ['a/*', 'b'], tokensPerDay: 5, priority: 3, expiresAtMs: 500, id: 'key_1', hint: 'whk_', createdAtMs: 0, revokedAtMs: null, lastUsedAtMs: null, requestCount: 0, promptTokens: 0, completionTokens: 0 });

test('a key that is opened and not changed says the same', () => {
  expect(readKeyDraft(toKeyDraft(key), 1_000)).toMatchObject({ name: 'laptop', scopes: ['infer'], models: ['a/*', 'b'], tokensPerDay: 5, priority: 3, expiresAtMs: 500 });
});

test.each([['same', 500], ['ever', null], ['7', 1_000 + 7 * 86_400_000]] as const)('a key that is good for %s ends at %s', (life, expiresAtMs) => {
  expect(readKeyDraft({ ...toKeyDraft(key), life }, 1_000).expiresAtMs).toBe(expiresAtMs);
});

test.each([
  ['no name', { name: ' ' }, [{ field: 'name', kind: 'missing' }]],
  ['no right', { scopes: [] }, [{ field: 'scopes', kind: 'missing' }]],
  ['a limit of nothing', { requestsPerMinute: 0 }, [{ field: 'requestsPerMinute', kind: 'atLeast', bound: 1 }]],
  ['a limit that is no number', { tokensPerMinute: Number.NaN }, [{ field: 'tokensPerMinute', kind: 'number' }]],
  ['a priority out of range', { priority: 11 }, [{ field: 'priority', kind: 'atMost', bound: 10 }]],
])('%s is told by its field', (_what, set, faults) => {
  const draft = toKeyDraft(key);

  expect(findKeyFaults({ ...draft, settings: { ...draft.settings, ...set } })).toEqual(faults);
});

test.each([[null, null, 'valid'], [null, 1_001, 'valid'], [null, 1_000, 'expired'], [5, 1_001, 'revoked'], [5, 1, 'revoked']] as const)('revoked at %s and good until %s it is %s', (revokedAtMs, expiresAtMs, state) => {
  expect(toKeyState({ revokedAtMs, expiresAtMs }, 1_000)).toBe(state);
});
