import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeHomes } from '../support/backend.ts';
import { carriers, startCarrierWorld, type CarrierWorld } from '../support/carriers.ts';

let world: CarrierWorld;
beforeAll(async () => { world = await startCarrierWorld({ environment: { ...process.env, PATH: '/usr/bin:/bin' } }); });
afterAll(async () => { await world.stop(); removeHomes(); });

describe.each(carriers)('over %s', (carrier) => {
  test('the ledger is listed and watched', async () => {
    const client = world.clients[carrier];
    const live = await client.leases.watch({});
    const first = await live.next();
    await live.return();

    expect(first.value).toMatchObject({ leases: [], waiting: [] });
    expect(await client.leases.list({})).toMatchObject({ leases: [], waiting: [] });
  });

  test('a need that no device here can meet is answered as data', async () => {
    const answer = await world.clients[carrier].leases.check({ bytes: 2 ** 52, deviceCount: 64 });

    expect(answer).toMatchObject({ kind: 'refused', refusal: { neededBytes: 2 ** 52, deviceCount: 64, couldStop: [] } });
  });

  test('the history of a range has steps for all of it', async () => {
    const { atMs, stepMs } = await world.clients[carrier].gpuHistory.query({ fromMs: 0, toMs: 3_600_000, points: 60 });

    expect([atMs.length, stepMs]).toEqual([60, 60_000]);
  });

  test('alerts are listed and watched', async () => {
    const client = world.clients[carrier];
    const live = await client.alerts.watch({});
    const first = await live.next();
    await live.return();

    expect(first.value).toMatchObject({ kind: 'snapshot' });
    expect(Array.isArray(await client.alerts.list({}))).toBe(true);
  });
});

test('Prometheus reads /metrics with the token, and nobody without', async () => {
  const headers = { authorization: `Bearer ${world.token}` };
  const [scraped, refused, posted] = await Promise.all([fetch(`${world.url}/metrics`, { headers }), fetch(`${world.url}/metrics`), fetch(`${world.url}/metrics`, { method: 'POST', headers })]);

  expect([scraped.status, scraped.headers.get('content-type'), refused.status, posted.status]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8', 401, 405]);
  expect(await scraped.text()).toMatch(/^wheelhouse_gpu_waiting_requests 0$/m);
});

test('a REST client asks for a range of the history by query', async () => {
  const answer = await fetch(`${world.url}/api/gpus/history?fromMs=0&toMs=600000&points=10`, { headers: { authorization: `Bearer ${world.token}` } });

  expect([answer.status, ((await answer.json()) as { atMs: number[] }).atMs.length]).toEqual([200, 10]);
});
