import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../base/logger.ts';
import { NvidiaSmiGpuProbe, parseGpuLine } from './nvidiaSmiGpuProbe.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'wh-smi-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

/** A program in the place of the driver's own. */
function fakeSmi(script: string): string {
  const path = join(folder, 'nvidia-smi');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
const line = 'GPU-5d1c0f1e, 0, NVIDIA GeForce RTX 4090, 24564, 812, 3, 41, 22.81, 570.86.15, 8.9';

test('a line of numbers becomes bytes, and what the driver does not say becomes null', () => {
  expect(parseGpuLine('GPU-1, 1, Tesla T4, 15360, 0, [N/A], [Not Supported], [N/A], 535.1, [N/A]')).toEqual({
    id: 'GPU-1', index: 1, vendor: 'nvidia', name: 'Tesla T4', totalBytes: 15_360 * 1024 * 1024, usedBytes: 0,
    utilizationPercent: null, temperatureCelsius: null, powerWatts: null, driverVersion: '535.1', cudaVersion: null, computeCapability: null,
  });
});

test('two cards are read in one call', async () => {
  const probe = new NvidiaSmiGpuProbe({ command: fakeSmi(`echo '${line}'; echo '${line.replace('GPU-5d', 'GPU-6d').replace(', 0,', ', 1,')}'`), log: silentLog });

  const { state, gpus } = await probe.read();

  expect([state, ...gpus.map(({ id }) => id)]).toEqual(['ok', 'GPU-5d1c0f1e', 'GPU-6d1c0f1e']);
});

test('no driver is absent, said once and not asked again', async () => {
  const probe = new NvidiaSmiGpuProbe({ command: join(folder, 'missing'), log: silentLog });

  expect([await probe.read(), await probe.read()]).toEqual([{ state: 'absent', gpus: [] }, { state: 'absent', gpus: [] }]);
});

test('a driver that hangs gives the last reading and says that it is slow', async () => {
  const flag = join(folder, 'hang');
  const probe = new NvidiaSmiGpuProbe({ command: fakeSmi(`[ -e ${flag} ] && exec sleep 5; echo '${line}'`), timeoutMs: 400, log: silentLog });
  await probe.read();
  writeFileSync(flag, '');

  const { state, gpus } = await probe.read();

  expect([state, gpus.length]).toEqual(['slow', 1]);
});
