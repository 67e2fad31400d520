import { expect, test } from 'vitest';
import { parseCpuTimes, parseMeminfo } from './workstationProbe.ts';

// cat /proc/stat, first line, and /proc/meminfo on Debian 12, 2 cores, 24 GB
const stat = 'cpu  10132153 290696 3084719 46828483 16683 0 25195 0 0 0\ncpu0 1 2 3 4\n';
const meminfo = 'MemTotal:       24691460 kB\nMemFree:        12000000 kB\nMemAvailable:   20691460 kB\n';

test('waiting for a disk counts as idle, and guests are not counted twice', () => {
  const busy = 10_132_153 + 290_696 + 3_084_719 + 25_195;

  expect(parseCpuTimes(stat)).toEqual({ busy, total: busy + 46_828_483 + 16_683 });
});

test('memory that the kernel can hand out is not used', () => {
  expect(parseMeminfo(meminfo)).toEqual({ memoryTotalBytes: 24_691_460 * 1024, memoryUsedBytes: 4_000_000 * 1024 });
});
