import { expect, test } from 'vitest';
import { toLoadLine } from './loadProgress.ts';
import { toKeyState } from './servingCommands.ts';

const DAY = Date.UTC(2026, 0, 31);

test.each([[null, null, 'valid'], [null, DAY + 1, 'until 2026-01-31'], [null, DAY, 'expired'], [5, DAY + 1, 'revoked']])('a key that was revoked at %s and ends at %s is said to be %s', (revokedAtMs, expiresAtMs, state) => {
  expect(toKeyState({ revokedAtMs, expiresAtMs }, DAY)).toBe(state);
});

test.each([[{ state: 'loading', progress: 0.5 }, 'm  [##############--------------]   50 %  loading'], [{ state: 'loading', progress: null }, 'm  loading'], [{ state: 'queued', progress: null }, 'm  queued']] as const)('a load is told as it stands: %j', (served, line) => {
  expect(toLoadLine({ name: 'm', ...served })).toBe(line);
});
