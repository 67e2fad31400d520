import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Instance } from '#contract/instances.ts';
import type { RunUsage } from '#contract/runUsage.ts';
import { aDevice, FakeDriver, GIB, uuidOf } from '../fakes/gpu/scenario.ts';
import { toMpsFolders } from '../../src-main/platform/mps/mpsFolders.ts';
import { makeHome, removeHomes, startBackend, type TestBackend } from '../support/backend.ts';
import { waitFor } from '../support/waitFor.ts';

const SCRIPT = `#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Painter
# kind = webui
# requires.gpu = nvidia
# requires.vram_mib = 14336
# verbs = run
### END ###
exec python3 -m http.server --bind "$WEBUI_HOST" "$WEBUI_PORT"
`;

const driver = new FakeDriver({ devices: [aDevice(0, { used: 0 }), aDevice(1, { used: 2 * GIB })] });
const mpsControl = fileURLToPath(new URL('../fakes/nvidia-cuda-mps-control.sh', import.meta.url));
const env = { WHEELHOUSE_NVIDIA_SMI: driver.nvidiaSmi, WHEELHOUSE_NVML_LIBRARY: 'none', WHEELHOUSE_MPS_CONTROL: mpsControl };
const home = makeHome();
let backend: TestBackend;
beforeAll(async () => {
  backend = await startBackend({ home, env });
  await backend.client.blueprints.save({ stem: 'painter', text: SCRIPT });
  await waitFor(async () => (await backend.client.leases.list({})).devices.length === 2, { timeoutMs: 30_000, what: 'the ledger to know both cards' });
});
afterAll(async () => { await backend.stop(); driver.remove(); removeHomes(); });

async function start(name: string): Promise<Instance> {
  const { client } = backend;
  await client.instances.create({ name, blueprintId: 'custom:painter' });
  await client.instances.start({ instance: name });
  return waitFor(async () => {
    const now = await client.instances.get({ instance: name });
    return now.status === 'started' || now.status === 'error' ? now : null;
  }, { timeoutMs: 20_000, what: name });
}

test('two starts get a card each, a third is refused with who has the memory, and a stop gives it back', async () => {
  const { client } = backend;

  const [first, second] = [await start('Painter one'), await start('Painter two')];
  const usage = await readUsage(first.runId ?? '');
  const third = await start('Painter three');
  const runs = await Promise.all([first, second].map(({ runId }) => client.runs.get({ run: runId ?? '' })));
  await client.instances.stop({ instance: 'Painter one' });
  await waitFor(async () => (await client.leases.list({})).leases.length === 1, { what: 'the lease to be given back' });
  await client.instances.start({ instance: 'Painter three' });
  await waitFor(async () => (await client.instances.get({ instance: 'Painter three' })).status === 'started', { what: 'the start on what was given back' });

  expect([first.status, second.status, third.status, third.cause, third.causeSubject]).toEqual(['started', 'started', 'error', 'preflight', 'vram']);
  expect(runs.map(({ gpuIds }) => gpuIds).toSorted()).toEqual([[uuidOf(0)], [uuidOf(1)]]);
  expect(usage?.processes.map(({ pid }) => pid)).toContain(first.pid);
  expect(usage?.residentBytes).toBeGreaterThan(1_000_000);
  expect(third.causeEvidence).toMatch(/Painter (one|two)/);
  expect(readEnvironment(second.pid ?? 0)).toMatchObject({ CUDA_VISIBLE_DEVICES: runs[1]?.gpuIds[0], CUDA_DEVICE_ORDER: 'PCI_BUS_ID' });
});

test('a lease outlives the backend as its run does', async () => {
  const before = await backend.client.leases.list({});

  await backend.kill();
  backend = await startBackend({ home, env });
  const after = await waitFor(async () => {
    const ledger = await backend.client.leases.list({});
    return ledger.leases.length === before.leases.length && ledger.devices.length === 2 ? ledger : null;
  }, { timeoutMs: 20_000, what: 'the leases of the runs that live on' });

  expect(after.leases.map(({ holder }) => holder.name).toSorted()).toEqual(['Painter three', 'Painter two']);
});

test('on a device that is shared a run meets the daemon and is held to what it booked; the daemon goes when sharing is switched off', async () => {
  const { client } = backend;
  await client.instances.stop({ instance: 'Painter two' });
  await client.instances.stop({ instance: 'Painter three' });
  await waitFor(async () => (await client.leases.list({})).leases.length === 0, { what: 'both leases to be given back' });
  const { pipe } = toMpsFolders(join(home, 'run', 'mps'), uuidOf(0));
  await client.settings.set({ key: 'gpus.mpsDevices', value: [uuidOf(0), uuidOf(1)] });
  await waitFor(() => existsSync(join(pipe, 'control')), { what: 'the daemon' });

  const shared = await start('Painter four');
  const seen = readEnvironment(shared.pid ?? 0);
  await client.settings.set({ key: 'gpus.mpsDevices', value: [] });
  await waitFor(() => !existsSync(join(pipe, 'control')), { what: 'the daemon to go' });

  expect(seen['CUDA_MPS_PIPE_DIRECTORY']).toBe(toMpsFolders(join(home, 'run', 'mps'), seen['CUDA_VISIBLE_DEVICES'] ?? '').pipe);
  expect(seen['CUDA_MPS_PINNED_DEVICE_MEM_LIMIT']).toBe('0=14336M');
});

async function readUsage(runId: string): Promise<RunUsage | undefined> {
  for await (const { runs } of await backend.client.runUsages.watch({})) {
    const usage = runs.find((run) => run.runId === runId);
    if (usage !== undefined) return usage;
  }
  return undefined;
}

function readEnvironment(pid: number): Record<string, string> {
  return Object.fromEntries(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
