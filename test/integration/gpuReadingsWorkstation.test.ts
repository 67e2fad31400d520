import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { ProcWorkstationProbe } from '../../src-main/platform/workstation/workstationProbe.ts';

test.skipIf(process.platform !== 'linux')('this machine tells its cores, swap, disks and network', async () => {
  const probe = new ProcWorkstationProbe(tmpdir(), { folders: [tmpdir(), '/there/is/no/such/folder'] });

  const first = await probe.read();
  const second = await probe.read();

  expect([first.cpuPercent, first.corePercents, first.networks, first.disks?.map(({ folder }) => folder), first.diskTotalBytes === first.disks?.[0]?.totalBytes]).toEqual([null, undefined, undefined, [tmpdir()], true]);
  expect([(second.corePercents?.length ?? 0) >= 1, second.networks === undefined, (second.swapTotalBytes ?? -1) >= 0]).toEqual([true, false, true]);
});
