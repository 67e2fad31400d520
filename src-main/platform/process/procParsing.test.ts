import { expect, test } from 'vitest';
import { parseListeningSockets } from './procNet.ts';
import { findVariable, parseMappedFileBytes, parsePageSize, parseProcStat } from './procStat.ts';
import { parseLsof, parsePsRows } from './psProcessFacts.ts';

// Fixture: cat /proc/<pid>/stat of a bash renamed to "a) (b", Debian 12, 2026-11.
const STAT = '4242 (a) (b) S 4200 4242 4200 34816 4242 4194304 1 0 0 0 7 5 0 0 20 0 1 0 987654 8388608 300 18446744073709551615 1 1 0 0 0';

test('a command with brackets and spaces does not shift the fields', () => {
  expect(parseProcStat(STAT, 4096)).toEqual({
    pid: 4242, ppid: 4200, pgid: 4242, sid: 4200, startToken: '987654', command: 'a) (b', state: 'S', rssBytes: 300 * 4096, cpuTicks: 12,
  });
});

test.each([STAT.replace(') S ', ') Z '), STAT.replace(') S ', ') X '), '', 'nonsense', '12 (x) S 1'])('a zombie or a torn line is no process', (text) => {
  expect(parseProcStat(text, 4096)).toBeNull();
});

// cat /proc/<pid>/status of a llama-server, Debian 12, 2026-11; shortened
const STATUS = 'Name:\tllama-server\nVmLck:\t       0 kB\nVmRSS:\t  450000 kB\nRssAnon:\t  150000 kB\nRssFile:\t  300000 kB\nRssShmem:\t       0 kB\n';

test.each([
  ['as they are', STATUS, 300_000],
  ['without the locked ones', STATUS.replace('VmLck:\t       0', 'VmLck:\t  280000'), 20_000],
  ['none where all are locked', STATUS.replace('VmLck:\t       0', 'VmLck:\t  400000'), 0],
  ['none where the kernel does not tell', 'Name:\tx\nVmRSS:\t 10 kB\n', 0],
])('mapped files are read %s', (_what, text, kib) => {
  expect(parseMappedFileBytes(text)).toBe(kib * 1024);
});

test('a variable is found by its whole name', () => {
  const environ = 'XWHEELHOUSE_RUN_ID=no\0WHEELHOUSE_RUN_ID=run_a=b\0';
  expect(findVariable(environ, 'WHEELHOUSE_RUN_ID')).toBe('run_a=b');
  expect(findVariable('', 'WHEELHOUSE_RUN_ID')).toBeNull();
});

test('the page size is read from the auxiliary vector', () => {
  const auxv = Buffer.alloc(32);
  auxv.writeBigUInt64LE(6n, 0);
  auxv.writeBigUInt64LE(16_384n, 8);
  expect(parsePageSize(auxv)).toBe(16_384);
  expect(parsePageSize(Buffer.alloc(3))).toBe(4096);
});

// Fixture: cat /proc/net/tcp /proc/net/tcp6 with listeners on port 8080 (1F90), Debian 12, 2026-11.
const NET = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 12 1 0 100 0 0 10 0
   2: 0100007F:C001 0100007F:1F90 0A 00000000:00000000 00:00000000 00000000     0        0 13 1 0 100 0 0 10 0
   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 14 1
   1: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 15 1
   2: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 16 1
   3: 000080FE00000000FF005450B6AAFFFE:1F90 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 17 1`;

test('only listening sockets of the port are taken, with readable addresses', () => {
  expect(parseListeningSockets(NET, 8080).map(({ address, inode }) => `${address} ${inode}`))
    .toEqual(['127.0.0.1 11', '::1 14', '::ffff:127.0.0.1 15', ':: 16', 'fe80::5054:ff:feff:aab6 17']);
});

test('ps rows are parsed, zombies left out', () => {
  const text = '  501     1   501 Ss    2048 1-02:03:04.50 Sat Nov  1 10:19:42 2026 /bin/app --x y\n  502 1 502 Z 0 0:00.00 Sat Nov  1 10:19:42 2026 (app)\n';
  expect(parsePsRows(text)).toEqual([{
    pid: 501, ppid: 1, pgid: 501, sid: 501, startToken: 'Sat Nov 1 10:19:42 2026', command: '/bin/app --x y', state: 'S',
    rssBytes: 2_097_152, cpuTicks: 9_378_450,
  }]);
});

test('lsof names the owner of each address', () => {
  expect(parseLsof('p77\ncnode\nf12\nn127.0.0.1:8080\nf13\nn[::1]:8080\n', 8080)).toEqual([
    { port: 8080, address: '127.0.0.1', pid: 77, command: 'node' }, { port: 8080, address: '::1', pid: 77, command: 'node' },
  ]);
});
