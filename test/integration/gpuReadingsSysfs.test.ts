import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src-main/base/clock.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { AmdSysfsGpuProbe } from '../../src-main/platform/gpu/amdSysfsGpuProbe.ts';
import { createGpuProbe } from '../../src-main/platform/gpu/createGpuProbe.ts';
import { IntelSysfsGpuProbe } from '../../src-main/platform/gpu/intelSysfsGpuProbe.ts';
import { FakeClock } from '../fakes/facts/fakeClock.ts';
import { aDevice, FakeDriver, uuidOf } from '../fakes/gpu/scenario.ts';

const folders: string[] = [];
afterEach(() => { for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true }); });

/** A /sys of its own: files by path, and a card of each PCI address. Written as the kernel documents it, not recorded. */
function makeSys(cards: Record<string, { card: string; driver: string; files: Record<string, string> }>, others: Record<string, string> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'wheelhouse-sys-'));
  folders.push(root);
  const write = (path: string, text: string): void => { mkdirSync(dirname(join(root, path)), { recursive: true }); writeFileSync(join(root, path), `${text}\n`); };
  for (const [bus, { card, driver, files }] of Object.entries(cards)) {
    mkdirSync(join(root, 'devices', bus), { recursive: true });
    mkdirSync(join(root, 'class', 'drm', card), { recursive: true });
    mkdirSync(join(root, 'drivers', driver), { recursive: true });
    symlinkSync(join(root, 'devices', bus), join(root, 'class', 'drm', card, 'device'));
    symlinkSync(join(root, 'drivers', driver), join(root, 'devices', bus, 'driver'));
    for (const [path, text] of Object.entries(files)) write(join('class', 'drm', card, path), text);
  }
  for (const [path, text] of Object.entries(others)) write(path, text);
  return root;
}

const radeon = {
  card: 'card1', driver: 'amdgpu', files: {
    'device/vendor': '0x1002', 'device/unique_id': 'deadbeef00c0ffee', 'device/mem_info_vram_total': '17163091968', 'device/mem_info_vram_used': '17453056', 'device/gpu_busy_percent': '42',
    'device/hwmon/hwmon3/temp1_input': '51000', 'device/hwmon/hwmon3/power1_average': '93000000', 'device/hwmon/hwmon3/power1_cap': '303000000', 'device/hwmon/hwmon3/freq1_input': '2100000000', 'device/hwmon/hwmon3/pwm1': '51',
    'card1-DP-1/status': 'disconnected', 'card1-HDMI-A-1/status': 'connected',
  },
};

test("AMD's cards are read from the kernel, with their processes", async () => {
  const sysRoot = makeSys({ '0000:0b:00.0': radeon }, {
    'class/kfd/kfd/topology/nodes/1/gpu_id': '26967', 'class/kfd/kfd/topology/nodes/1/properties': 'gfx_target_version 110000\nlocation_id 2816\ndomain 0',
    'class/kfd/kfd/proc/4711/vram_26967': '6348000000', 'class/kfd/kfd/proc/4712/vram_1': '5',
  });

  const { state, gpus } = await new AmdSysfsGpuProbe({ sysRoot }).read();

  expect(state).toBe('ok');
  expect(gpus).toMatchObject([{
    id: 'GPU-deadbeef00c0ffee', vendor: 'amd', pciBusId: '0000:0b:00.0', totalBytes: 17_163_091_968, usedBytes: 17_453_056, freeBytes: 17_145_638_912, utilizationPercent: 42,
    temperatureCelsius: 51, powerWatts: 93, powerLimitWatts: 303, graphicsClockMhz: 2_100, fanPercent: 20, isDisplayAttached: true, computeCapability: 'gfx1100',
    processes: [{ pid: 4711, usedBytes: 6_348_000_000, kind: 'compute', migId: null }],
  }]);
});

test('a card that left between two files gives nulls, not a failure', async () => {
  const sysRoot = makeSys({ '0000:0b:00.0': { card: 'card0', driver: 'amdgpu', files: { 'device/vendor': '0x1002' } } });

  expect((await new AmdSysfsGpuProbe({ sysRoot }).read()).gpus).toMatchObject([{ id: 'AMD-0000:0b:00.0', totalBytes: 0, temperatureCelsius: null, processes: null }]);
});

test("Intel's integrated card works in the machine's memory, and power comes from two readings", async () => {
  const files = { 'device/vendor': '0x8086', 'device/device': '0x46a6', gt_act_freq_mhz: '1150', gt_max_freq_mhz: '1400', 'device/hwmon/hwmon1/energy1_input': '1000000' };
  const sysRoot = makeSys({ '0000:00:02.0': { card: 'card0', driver: 'i915', files } });
  const clock = new FakeClock();
  const probe = new IntelSysfsGpuProbe({ sysRoot, clock });
  await probe.read();

  writeFileSync(join(sysRoot, 'class/drm/card0/device/hwmon/hwmon1/energy1_input'), '16000000');
  await clock.advance(1_000);

  expect((await probe.read()).gpus).toMatchObject([{ id: 'INTEL-0000:00:02.0', name: 'Intel GPU 0x46a6', isMemoryUnified: true, totalBytes: 0, powerWatts: 15, graphicsClockMhz: 1_150, maxGraphicsClockMhz: 1_400, driverVersion: 'i915', utilizationPercent: null }]);
});

test('cards of three vendors in one machine make one reading, each with its source', async () => {
  const driver = new FakeDriver({ devices: [aDevice(0)] });
  folders.push(driver.folder);
  const sysRoot = makeSys({ '0000:0b:00.0': radeon, '0000:00:02.0': { card: 'card0', driver: 'xe', files: { 'device/vendor': '0x8086' } } });
  const probe = createGpuProbe({ clock: systemClock, log: silentLog, platform: 'linux', sysRoot, nvmlLibrary: 'libnvidia-ml-that-is-not-there.so.1', nvidiaSmi: driver.nvidiaSmi, startTimeoutMs: 15_000 });

  const { state, gpus, sources = [] } = await probe.read();
  await probe.stop?.();

  expect([state, gpus.map(({ id }) => id), sources.map(({ via, state: of }) => [via, of])]).toEqual([
    'ok', [uuidOf(0), 'GPU-deadbeef00c0ffee', 'INTEL-0000:00:02.0'], [['nvidia-smi', 'ok'], ['sysfs', 'ok'], ['sysfs', 'ok']],
  ]);
});

test('a machine without any is absent, at once', async () => {
  const probe = createGpuProbe({ clock: systemClock, log: silentLog, platform: 'linux', sysRoot: makeSys({}), nvmlLibrary: 'libnvidia-ml-that-is-not-there.so.1', nvidiaSmi: '/there/is/no/nvidia-smi', startTimeoutMs: 15_000 });

  const { state, gpus } = await probe.read();
  await probe.stop?.();

  expect([state, gpus]).toEqual(['absent', []]);
});
