import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../src-main/base/logger.ts';
import { GIB, uuid } from '../fakes/facts/aGpu.ts';
import { NvidiaMpsControl } from '../../src-main/platform/mps/mpsControl.ts';
import { waitFor } from '../support/waitFor.ts';
import { toMpsFolders } from '../../src-main/platform/mps/mpsFolders.ts';
import { MpsService, type MpsResult, type MpsSeat } from '../../src-main/features/gpus/mps/mpsService.ts';

const FAKE = fileURLToPath(new URL('../fakes/nvidia-cuda-mps-control.sh', import.meta.url));

let folder: string;
let services: MpsService[];
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'wh-mps-')); services = []; });
afterEach(async () => {
  for (const service of services) await service.stop();
  expect([existsSync(join(toMpsFolders(folder, uuid(0)).pipe, 'control'))]).toEqual([false]);
  rmSync(folder, { recursive: true });
});

const open = (environment: Record<string, string> = {}, program = FAKE): MpsService => {
  const service = new MpsService({ control: new NvidiaMpsControl({ program, folder, environment: { PATH: '/usr/bin:/bin', ...environment } }), log: silentLog });
  services.push(service);
  return service;
};
const asked = (): string[] => readFileSync(join(folder, 'control.log'), 'utf8').trim().split('\n');
const seatOf = (result: MpsResult): MpsSeat => {
  if (result.kind !== 'seated') throw new Error(result.reason);
  return result.seat;
};

test('the daemon starts with the first seat and ends with the last', async () => {
  const service = open();

  const seats = (await Promise.all([service.share(uuid(0)), service.share(uuid(0), { limitBytes: 2 * GIB })])).map(seatOf);
  seats[0]?.dispose();
  seats[0]?.dispose();
  const third = seatOf(await service.share(uuid(0)));
  const whileShared = asked();
  seats[1]?.dispose();
  third.dispose();
  await service.stop();

  const { pipe, log } = toMpsFolders(folder, uuid(0));
  expect([seats[1]?.environment, whileShared, asked()]).toEqual([
    { CUDA_MPS_PIPE_DIRECTORY: pipe, CUDA_MPS_LOG_DIRECTORY: log, CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: '0=2048M' }, [`start ${uuid(0)}`], [`start ${uuid(0)}`, `quit ${uuid(0)}`],
  ]);
});

test('every device has a daemon of its own, and a later seat starts a new one', async () => {
  const service = open();
  const [a, b] = [seatOf(await service.share(uuid(0))), seatOf(await service.share(uuid(1)))];
  a.dispose();
  await waitFor(() => asked().includes(`quit ${uuid(0)}`), { timeoutMs: 5_000 });

  const again = seatOf(await service.share(uuid(0)));
  await service.stop();

  expect([a.environment['CUDA_MPS_PIPE_DIRECTORY'] === b.environment['CUDA_MPS_PIPE_DIRECTORY'], again.environment, asked().slice(0, 4)]).toEqual([false, a.environment, [`start ${uuid(0)}`, `start ${uuid(1)}`, `quit ${uuid(0)}`, `start ${uuid(0)}`]]);
});

test('a daemon that an earlier backend left is used on', async () => {
  seatOf(await open().share(uuid(0)));

  seatOf(await open().share(uuid(0)));

  expect(asked()).toEqual([`start ${uuid(0)}`]);
});

test.each([
  ['refuses', { FAKE_MPS_REFUSES: 'Failed to set up device' }, FAKE, 'Failed to set up device'],
  ['is not there', {}, 'no-such-mps-control', 'ENOENT'],
])('a program that %s is no error: the reason is told', async (_name, environment, program, reason) => {
  const result = await open(environment, program).share(uuid(0));

  expect([result.kind, result.kind === 'unavailable' && result.reason.includes(reason)]).toEqual(['unavailable', true]);
});
