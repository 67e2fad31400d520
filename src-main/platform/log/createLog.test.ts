import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLog, redactText } from './createLog.ts';

test('a secret is not in the log, whether its key or its shape gives it away', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wh-log-'));
  const path = join(folder, 'backend.log');
  const { log, close } = openLog({ path, level: 'info', maxBytes: 1_000_000, keepFiles: 2 });

  log.info('hub.asked', { token: 'geheim-1', request: { authorization: 'geheim-2' }, url: 'http://127.0.0.1:8337/?token=geheim-3', note: `sent hf_${'a'.repeat(30)}` });
  log.error('hub.failed', { error: new Error(`Bearer geheim-4 was refused`) });
  await close();
  const text = readFileSync(path, 'utf8');
  rmSync(folder, { recursive: true });

  expect(text).toContain('hub.asked');
  expect(text).not.toMatch(/geheim|hf_aaa/);
});

test('ordinary text stays as it is', () => {
  expect(redactText('a token of thanks, sk- and hf_ alone')).toBe('a token of thanks, sk- and hf_ alone');
});
