import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readGroupFileBytes, readRam, toRamReading } from './ramReading.ts';

const folders: string[] = [];
afterEach(() => { for (const folder of folders.splice(0)) rmSync(folder, { recursive: true }); });

test.each([
  { what: 'without a limit it is the machine\'s', facts: { limitBytes: 0, leftBytes: 40 }, expected: { totalBytes: 64, availableBytes: 40 } },
  { what: 'a limit above the machine is none', facts: { limitBytes: 2 ** 64, leftBytes: 40 }, expected: { totalBytes: 64, availableBytes: 40 } },
  { what: 'files in memory can be given back within a limit too', facts: { limitBytes: 32, leftBytes: 2 }, expected: { totalBytes: 32, availableBytes: 22 } },
  { what: 'a machine that is full has no more for a container', facts: { limitBytes: 32, leftBytes: 30, machineFreeBytes: 5 }, expected: { totalBytes: 32, availableBytes: 5 } },
  { what: 'never more than the limit', facts: { limitBytes: 32, leftBytes: 30 }, expected: { totalBytes: 32, availableBytes: 32 } },
])('RAM: $what', ({ facts, expected }) => {
  expect(toRamReading({ machineBytes: 64, machineFreeBytes: 40, readFileBytes: () => 20, ...facts })).toEqual(expected);
});

const V1 = 'active_file 1\ninactive_file 2\ntotal_active_file 4096\ntotal_inactive_file 8192\n';
const V2 = 'anon 5\nfile 20000\ninactive_file 8192\nactive_file 4096\n';

test.each([
  { what: 'a group of its own', membership: '0::/user.slice/app\n', path: 'user.slice/app/memory.stat', stat: V2 },
  { what: 'a container that sees its group as the root', membership: '0::/docker/abc\n', path: 'memory.stat', stat: V2 },
  { what: 'the first version', membership: '9:name=systemd:/\n4:cpu,memory:/app\n0::/\n', path: 'memory/app/memory.stat', stat: V1 },
  { what: 'a container with the first version', membership: '4:memory:/docker/abc\n', path: 'memory/memory.stat', stat: V1 },
])('the files that a control group has in memory are read: $what', ({ membership, path, stat }) => {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-cgroup-'));
  folders.push(folder);
  for (const [name, text] of [['proc/self/cgroup', membership], [join('cgroup', path), stat]] as const) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }

  expect(readGroupFileBytes({ procRoot: join(folder, 'proc'), cgroupRoot: join(folder, 'cgroup') })).toBe(12_288);
  expect(readGroupFileBytes({ procRoot: join(folder, 'none'), cgroupRoot: join(folder, 'none') })).toBe(0);
});

test('this machine has some', () => {
  const { totalBytes, availableBytes } = readRam();

  expect({ hasSome: availableBytes > 0, isWithin: availableBytes <= totalBytes }).toEqual({ hasSome: true, isWithin: true });
});
