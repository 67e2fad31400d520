import { afterAll, beforeAll, expect, test } from 'vitest';
import { aDevice, FakeDriver, GIB, uuidOf } from '../fakes/gpu/scenario.ts';
import { removeHomes } from '../support/backend.ts';
import { startCarrierWorld, type CarrierWorld } from '../support/carriers.ts';
import { waitFor } from '../support/waitFor.ts';

const driver = new FakeDriver({ devices: Array.from({ length: 8 }, (_, n) => aDevice(n, { used: n * GIB })), processes: [{ gpu: uuidOf(7), pid: 1, used: 7 * GIB }] });
let world: CarrierWorld;
beforeAll(async () => { world = await startCarrierWorld({ environment: { ...process.env, WHEELHOUSE_NVIDIA_SMI: driver.nvidiaSmi } }); });
afterAll(async () => { await world.stop(); driver.remove(); removeHomes(); });

test('a box of eight cards is read, booked on, remembered and told to Prometheus', async () => {
  const client = world.clients.WebSocket;
  const live = await client.gpus.watch({});
  await waitFor(async () => (await client.leases.list({})).devices.length === 8, { timeoutMs: 30_000 });

  const { features } = world.backend;
  const [first, whole] = await Promise.all([features.leases.request({ bytes: 20 * GIB }, { kind: 'run', id: 'inst_1', name: 'ComfyUI' }), client.leases.check({ bytes: 24 * GIB })]);
  await waitFor(async () => (await client.gpuHistory.query({ fromMs: Date.now() - 60_000, toMs: Date.now() + 1_000, points: 60 })).series.length === 8, { timeoutMs: 30_000 });
  const metrics = await (await fetch(`${world.url}/metrics`, { headers: { authorization: `Bearer ${world.token}` } })).text();
  const rows = (await client.journal.list({ limit: 50 })).filter(({ event }) => event.startsWith('lease.'));
  await live.return();

  // The reserve of half a GiB keeps a whole card from being booked; the card that it fills is taken.
  expect([first.kind === 'granted' && first.lease.gpuIds, whole]).toMatchObject([[uuidOf(4)], { kind: 'refused', refusal: { reason: 'never_fits' } }]);
  expect(metrics).toMatch(new RegExp(`^DCGM_FI_DEV_FB_USED\\{gpu="7",UUID="${uuidOf(7)}".*\\} 7168$`, 'm'));
  expect(metrics).toMatch(/^wheelhouse_gpu_lease_bytes\{.*holder="ComfyUI".*\} 21474836480$/m);
  expect(rows).toMatchObject([{ event: 'lease.granted', subjectKind: 'gpu', subjectId: uuidOf(4), subjectName: 'ComfyUI' }]);
});
