import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src-main/base/clock.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { explainRefusal, GpuSampler, LeaseRepository, LeaseService } from '../../src-main/features/gpus/index.ts';
import { NvidiaSmiGpuProbe } from '../../src-main/platform/gpu/nvidiaSmiGpuProbe.ts';
import { createProcessOwners } from '../../src-main/platform/process/processOwners.ts';
import { aDevice, FakeDriver, GIB, uuidOf } from '../fakes/gpu/scenario.ts';
import { aHolder, openMemoryDatabase } from '../fakes/facts/aGpu.ts';
import { waitFor } from '../support/waitFor.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function startProcess(environment: Record<string, string>): number {
  const child: ChildProcess = spawn('sleep', ['300'], { env: { PATH: '/usr/bin:/bin', ...environment }, stdio: 'ignore' });
  ends.push(async () => { const gone = once(child, 'exit'); child.kill('SIGKILL'); await gone; });
  return child.pid ?? 0;
}

test('through the real adapters: ours and foreign processes are told apart, and a refusal names them', async () => {
  const ours = startProcess({ WHEELHOUSE_RUN_ID: 'run_sd' });
  const foreign = startProcess({});
  const driver = new FakeDriver({
    devices: [aDevice(0, { used: 16 * GIB })],
    processes: [{ gpu: uuidOf(0), pid: ours, used: 10 * GIB }, { gpu: uuidOf(0), pid: foreign, used: 6 * GIB }],
  });
  const sampler = new GpuSampler({ probe: new NvidiaSmiGpuProbe({ command: driver.nvidiaSmi, log: silentLog, timeoutMs: 15_000, processesEveryMs: 200 }), clock: systemClock, log: silentLog });
  const service = new LeaseService({
    readings: sampler, owners: createProcessOwners(), repository: new LeaseRepository(openMemoryDatabase()), getReserveBytes: () => 0, clock: systemClock, log: silentLog,
  });
  ends.push(() => { driver.remove(); }, () => sampler.stop(), () => { service.stop(); });
  service.start();
  sampler.start();
  const end = sampler.watch();

  const lease = await service.request({ bytes: 8 * GIB }, { ...aHolder('Stable Diffusion'), id: 'run_sd' });
  await waitFor(() => service.ledger().processes.some(({ owner }) => owner.kind === 'lease') && service.ledger().leases[0]?.shares[0]?.usedBytes === 10 * GIB, { timeoutMs: 20_000 });
  const asked = await service.request({ bytes: 12 * GIB }, aHolder('ComfyUI'));
  end();

  expect([lease.kind, service.ledger().processes.map(({ pid, name, owner }) => [pid, name, owner.kind])]).toEqual(['granted', [[ours, 'sleep', 'lease'], [foreign, 'sleep', 'foreign']]]);
  expect(asked.kind === 'refused' ? explainRefusal(asked.refusal) : asked.kind).toBe(`It needs 12.0 GiB of GPU memory, but only 8.0 GiB are free on GPU 0 (NVIDIA GeForce RTX 4090): "Stable Diffusion" holds 10.0 GiB; sleep, pid ${foreign}, 6.0 GiB, not ours.`);
});
