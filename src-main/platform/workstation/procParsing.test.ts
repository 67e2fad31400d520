import { expect, test } from 'vitest';
import { parseCoreTimes, parseCpuTimes, parseMeminfo, parseNetDev, toCpuPercent, toNetworkRates } from './procParsing.ts';

// cat /proc/stat, first line, /proc/meminfo and /proc/net/dev on Debian 12, 2 cores, 24 GB; shortened
const stat = 'cpu  10132153 290696 3084719 46828483 16683 0 25195 0 0 0\ncpu0 10 0 10 80 0 0 0 0 0 0\ncpu2 50 0 0 50 0 0 0 0 0 0\nintr 1\n';
const meminfo = 'MemTotal:       24691460 kB\nMemFree:        12000000 kB\nMemAvailable:   20691460 kB\nSwapTotal:       1000 kB\nSwapFree:         400 kB\n';
const netDev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 813319368  128143    0    0    0     0          0         0 813319368  128143    0    0    0     0       0          0
  eth0:1000       10    0    0    0     0          0         0       2000       0    0    0    0     0       0          0
`;

test('waiting for a disk counts as idle, and guests are not counted twice', () => {
  const busy = 10_132_153 + 290_696 + 3_084_719 + 25_195;

  expect(parseCpuTimes(stat)).toEqual({ busy, total: busy + 46_828_483 + 16_683 });
});

test('cores are read by their number, and one that is switched off is left out', () => {
  expect([...parseCoreTimes(stat)]).toEqual([[0, { busy: 20, total: 100 }], [2, { busy: 50, total: 100 }]]);
});

test('a percentage needs two readings, and counts that went back give none', () => {
  expect([toCpuPercent(undefined, { busy: 1, total: 2 }), toCpuPercent({ busy: 10, total: 100 }, { busy: 60, total: 200 }), toCpuPercent({ busy: 10, total: 100 }, { busy: 5, total: 50 })]).toEqual([null, 50, null]);
});

test('memory that the kernel can hand out is not used', () => {
  expect(parseMeminfo(meminfo)).toEqual({ memoryTotalBytes: 24_691_460 * 1024, memoryUsedBytes: 4_000_000 * 1024, swapTotalBytes: 1_000 * 1024, swapUsedBytes: 600 * 1024 });
});

test('network rates are bytes a second of what leaves the machine; an interface that counts anew waits', () => {
  const before = parseNetDev(netDev);
  const after = parseNetDev(netDev.replace('eth0:1000', 'eth0:5000').replace('2000 ', '2500 '));

  expect([before, toNetworkRates(before, after, 2_000), toNetworkRates(after, before, 2_000), toNetworkRates([], before, 2_000)]).toEqual([
    [{ name: 'eth0', receivedBytes: 1_000, sentBytes: 2_000 }], [{ name: 'eth0', receivedBytesPerSecond: 2_000, sentBytesPerSecond: 250 }], [], [],
  ]);
});
