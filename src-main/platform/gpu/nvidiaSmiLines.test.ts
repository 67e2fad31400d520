import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { toBareGpu } from './gpuProbe.ts';
import { parseCudaVersion, parseGpuLine, parseProcessLine, parseUnknownField, SMI_FIELDS } from './nvidiaSmiLines.ts';

const MIB = 1024 * 1024;
const fixture = (name: string): string => readFileSync(fileURLToPath(new URL(`../../../test/fixtures/gpu/${name}`, import.meta.url)), 'utf8').split('\n').filter((line) => !line.startsWith('#')).join('\n');

test('a line of numbers becomes bytes, watts and words', () => {
  const line = 'GPU-1, 1, Tesla T4, 15360, 812, 14548, 00000000:3B:00.0, 3, 1, 41, 22.81, 70.00, 300, 405, 1590, [N/A], Disabled, 570.86.15, 0x0000000000000004, [N/A], 7.5';

  expect(parseGpuLine(line)).toEqual({
    ...toBareGpu({ id: parseGpuLine(line).id, index: 1, vendor: 'nvidia', name: 'Tesla T4' }), totalBytes: 15_360 * MIB, usedBytes: 812 * MIB, freeBytes: 14_548 * MIB,
    pciBusId: '00000000:3B:00.0', utilizationPercent: 3, memoryUtilizationPercent: 1, temperatureCelsius: 41, powerWatts: 22.81, powerLimitWatts: 70,
    graphicsClockMhz: 300, memoryClockMhz: 405, maxGraphicsClockMhz: 1_590, isDisplayAttached: false, driverVersion: '570.86.15', throttleReasons: ['power'], computeCapability: '7.5',
  });
});

test('what the driver does not say becomes null', () => {
  const cells = SMI_FIELDS.map((field) => ({ uuid: 'GPU-1', index: '0', name: 'Tesla T4' })[field as string] ?? '[Not Supported]');

  expect(parseGpuLine(cells.join(', '))).toEqual(toBareGpu({ id: parseGpuLine(cells.join(', ')).id, index: 0, vendor: 'nvidia', name: 'Tesla T4' }));
});

test('a recorded line of a GeForce is read by the fields it was asked for', () => {
  const fields = ['power.limit', 'uuid', 'index', 'memory.total', 'driver_version', 'name', 'power.draw', 'temperature.gpu', 'clocks.gr', 'clocks.mem', 'utilization.gpu', 'utilization.memory', 'fan.speed'] as const;
  const recorded = fixture('nvidia-smi-query-rtx2080.csv').trim().split(', ');
  const [limit, , , total, , driver, name, uuid, power, temperature, , graphics, , memory, gpu, ofMemory, fan] = recorded;

  const parsed = parseGpuLine([limit, uuid, '0', total, driver, name, power, temperature, graphics, memory, gpu, ofMemory, fan].join(', '), fields);

  expect(parsed).toMatchObject({ id: 'GPU-22b2c6ac-2d49-4863-197c-9c469071178a', name: 'GeForce RTX 2080', totalBytes: 7_979 * MIB, powerWatts: 176.98, powerLimitWatts: 200, temperatureCelsius: 45, utilizationPercent: 86, fanPercent: 100 });
});

test('a line that is none is refused', () => {
  expect(() => parseGpuLine('Unable to determine the device handle for GPU 0000:0B:00.0: Unknown Error')).toThrow();
});

test('processes, an unknown field and the CUDA version are read from their own lines', () => {
  expect([parseProcessLine('GPU-1, 4711, 6348'), parseProcessLine('GPU-1, 4712, [N/A]').process.usedBytes, parseUnknownField('Field "compute_cap" is not a valid field to query.'), parseCudaVersion('| NVIDIA-SMI 535.216.01             Driver Version: 535.216.01   CUDA Version: 12.2     |')])
    .toEqual([{ gpuUuid: 'GPU-1', process: { pid: 4711, usedBytes: 6_348 * MIB, kind: 'compute', migId: null } }, null, 'compute_cap', '12.2']);
});
