import { expect, test } from 'vitest';
import { leaseId } from '#contract/leases.ts';
import { aGpu, aHolder, GIB, uuid } from '../../../../test/fakes/facts/aGpu.ts';
import { renderMetrics, type MetricFacts } from './renderMetrics.ts';

const facts: MetricFacts = {
  hostName: 'cupboard',
  reading: { state: 'ok', takenAtMs: 0, gpus: [
    aGpu({ usedBytes: 6 * GIB, utilizationPercent: 41, temperatureCelsius: 61, pciBusId: '00000000:01:00.0', driverVersion: '580.95', throttleReasons: ['power'] }),
    aGpu({ n: 1, state: 'lost', utilizationPercent: 3 }),
  ] },
  ledger: {
    takenAtMs: 0, waiting: [], processes: [],
    devices: [{ gpuId: uuid(0), index: 0, name: 'Fake', totalBytes: 24 * GIB, driverFreeBytes: 18 * GIB, bookedBytes: 8 * GIB, reserveBytes: 0, freeBytes: 16 * GIB, foreignBytes: 0, exclusiveLeaseId: null, isLost: false, isDisplayAttached: false }],
    leases: [{ id: leaseId.parse('lease_1'), holder: { ...aHolder('x'), name: 'My "lab"\\\n' }, mode: 'shared', priority: 0, state: 'held', grantedAtMs: 0, shares: [{ gpuId: uuid(0), bytes: 8 * GIB, usedBytes: null, peakBytes: null, isDeviceLost: false }] }],
  },
  workstation: null,
  alerts: [{ id: 'a', kind: 'gpu_lost', subjectId: uuid(1), subjectName: 'GPU 1', value: 1, limit: 1, raisedAtMs: 0, clearedAtMs: null }],
};

test('GPU figures carry dcgm-exporter\'s names, units and labels', () => {
  const lines = renderMetrics(facts).split('\n');

  const labels = `gpu="0",UUID="${uuid(0)}",pci_bus_id="00000000:01:00.0",device="nvidia0",modelName="Fake RTX 4090",Hostname="cupboard",DCGM_FI_DRIVER_VERSION="580.95"`;
  expect(lines).toEqual(expect.arrayContaining(['# HELP DCGM_FI_DEV_GPU_UTIL GPU utilization (in %).', '# TYPE DCGM_FI_DEV_GPU_UTIL gauge', `DCGM_FI_DEV_GPU_UTIL{${labels}} 41`, `DCGM_FI_DEV_FB_USED{${labels}} 6144`, `DCGM_FI_DEV_FB_FREE{${labels}} 18432`]));
});

test('what is not known, and what a lost device last said, is left out', () => {
  const text = renderMetrics(facts);

  expect([text.includes('DCGM_FI_DEV_POWER_USAGE'), text.includes('lease_used_bytes'), text.includes('wheelhouse_cpu_percent'), text.match(/DCGM_FI_DEV_GPU_UTIL\{/g)?.length, /wheelhouse_gpu_up\{gpu="1".*\} 0/.test(text)]).toEqual([false, false, false, 1, true]);
});

test('names are escaped, and every line is a comment or a sample', () => {
  const text = renderMetrics(facts);

  expect(text).toContain('holder="My \\"lab\\"\\\\\\n"');
  for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="([^"\\]|\\.)*",?)*\})? -?[\d.e+]+)$/);
});
