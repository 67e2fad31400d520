import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { poolEnvironment } from '../support/backend.ts';

const script = fileURLToPath(new URL('../../scripts/wheelhouse.mjs', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'wh-gpu-cli-'));

function wheelhouse(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env: { ...process.env, ...poolEnvironment(), WHEELHOUSE_HOME: home, WHEELHOUSE_LISTENER_PORT: '0' } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

afterAll(async () => {
  await wheelhouse('stop');
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

test('GPUs and leases are told to people and to programs', async () => {
  const reading = JSON.parse((await wheelhouse('gpu', 'list', '--json')).stdout) as { state: string; gpus: unknown[] };
  const ledger = JSON.parse((await wheelhouse('gpu', 'leases', '--json')).stdout) as { devices: unknown[]; leases: unknown[] };
  const [list, leases] = [await wheelhouse('gpu', 'list'), await wheelhouse('gpu', 'leases')];

  expect([ledger.leases, ledger.devices.length, list.code, leases.code]).toEqual([[], reading.gpus.length, 0, 0]);
  expect(list.stdout).toMatch(reading.gpus.length === 0 ? /^No GPU was found\./m : /^GPU +NAME/m);
  expect(leases.stdout).toMatch(reading.gpus.length === 0 ? /^No GPU was found, so none is leased\./m : /^GPU +NAME/m);
});
