import { afterEach, expect, test } from 'vitest';
import type { LeaseRefusal } from '#contract/leases.ts';
import { settle } from '../fakes/facts/fakeClock.ts';
import { aGpu, aHolder, aProcess, GIB, uuid } from '../fakes/facts/aGpu.ts';
import { GpuWorld } from '../support/gpuWorld.ts';
import type { LeaseResult } from '../../src-main/features/gpus/ledger/heldLease.ts';
import { explainRefusal } from '../../src-main/features/gpus/ledger/refusalSentence.ts';
import { takeStartLease } from '../../src-main/features/gpus/ledger/startLease.ts';

let world: GpuWorld;
const begin = (options?: ConstructorParameters<typeof GpuWorld>[0]): GpuWorld['service'] => {
  world = new GpuWorld(options);
  return world.service;
};
afterEach(() => {
  world.service.stop();
  expect([world.didRead.hasListeners, world.clock.pendingCount]).toEqual([false, 0]);
});

const kindOf = ({ kind }: LeaseResult): string => kind;
const take = async (service: GpuWorld['service'], ...request: Parameters<GpuWorld['service']['request']>) => {
  const result = await service.request(...request);
  if (result.kind === 'refused') throw new Error(explainRefusal(result.refusal));
  return result.lease;
};
const refuse = async (service: GpuWorld['service'], ...request: Parameters<GpuWorld['service']['request']>): Promise<LeaseRefusal> => {
  const result = await service.request(...request);
  if (result.kind === 'granted') throw new Error('it was granted');
  return result.refusal;
};

test('a lease shows its holder the device it got, and is gone when it is given back', async () => {
  const service = begin({ gpus: [aGpu({ n: 0 }), aGpu({ n: 1, usedBytes: 20 * GIB })] });

  const lease = await take(service, { bytes: 10 * GIB }, aHolder('SD'));
  const held = service.ledger().devices.map(({ freeBytes }) => freeBytes / GIB);
  lease.dispose();
  lease[Symbol.dispose]();

  expect([lease.environment, held, service.ledger().devices.map(({ freeBytes }) => freeBytes / GIB), service.ledger().leases]).toEqual([
    { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: uuid(0) }, [14, 4], [24, 4], [],
  ]);
});

test('requests made at the same moment do not get the same memory', async () => {
  const service = begin();

  const results = await Promise.all(['a', 'b', 'c'].map((name) => service.request({ bytes: 10 * GIB }, aHolder(name))));

  expect(results.map(kindOf)).toEqual(['granted', 'granted', 'refused']);
});

test('a refusal names the holder, the foreign process and what could be stopped', async () => {
  const service = begin({ gpus: [aGpu({ usedBytes: 6.2 * GIB, processes: [aProcess({ pid: 4711, usedBytes: 6.2 * GIB })] })] });
  world.marks.set(4711, { name: 'python', mark: null });
  await take(service, { bytes: 12 * GIB }, aHolder('Stable Diffusion'));
  await settle();

  const refusal = await refuse(service, { bytes: 16 * GIB }, aHolder('ComfyUI'));

  expect((refusal.missingBytes / GIB).toFixed(1)).toBe('10.2');
  expect(refusal).toMatchObject({ reason: 'not_enough_free', couldStop: [{ holder: { name: 'Stable Diffusion' }, freesBytes: 12 * GIB }] });
  expect(explainRefusal(refusal)).toBe('It needs 16.0 GiB of GPU memory, but only 5.8 GiB are free on GPU 0 (Fake RTX 4090): "Stable Diffusion" holds 12.0 GiB; python, pid 4711, 6.2 GiB, not ours.');
});

test('nothing is said to be stoppable where the memory is not ours', async () => {
  const service = begin({ gpus: [aGpu({ usedBytes: 20 * GIB })] });

  expect((await refuse(service, { bytes: 10 * GIB }, aHolder('a'))).couldStop).toEqual([]);
});

test('who waits is served in order as soon as there is room', async () => {
  const service = begin();
  const first = await take(service, { bytes: 20 * GIB }, aHolder('first'));
  const order: string[] = [];
  const wait = (name: string, bytes: number, priority = 0) => service.request({ bytes, priority }, aHolder(name), { patienceMs: null }).then((result) => { order.push(name); return result; });
  const waiting = [wait('large', 20 * GIB), wait('small', GIB), wait('urgent', 2 * GIB, 5)];
  await settle();
  const seen = service.ledger().waiting.map(({ holder, refusal }) => [holder.name, refusal.reason]);

  first.dispose();
  const results = await Promise.all(waiting);

  expect([seen, order, results.map(kindOf)]).toEqual([[['large', 'not_enough_free'], ['small', 'queued_behind']], ['urgent', 'large', 'small'], ['granted', 'granted', 'granted']]);
});

test('who has no patience does not slip past who waits', async () => {
  const service = begin();
  await take(service, { bytes: 20 * GIB }, aHolder('holder'));
  const large = service.request({ bytes: 10 * GIB }, aHolder('large'), { patienceMs: 60_000 });
  await settle();

  const small = await refuse(service, { bytes: GIB }, aHolder('small'));
  await world.clock.advance(60_000);

  expect([small.reason, small.waitingAhead.map(({ name }) => name), kindOf(await large)]).toEqual(['queued_behind', ['large'], 'refused']);
});

test('a request that is withdrawn frees the way for those behind it', async () => {
  const service = begin();
  await take(service, { bytes: 20 * GIB }, aHolder('holder'));
  const abort = new AbortController();
  const large = service.request({ bytes: 24 * GIB }, aHolder('large'), { patienceMs: null, signal: abort.signal });
  const small = service.request({ bytes: GIB }, aHolder('small'), { patienceMs: null });
  await settle();

  abort.abort();

  expect(await large).toMatchObject({ kind: 'refused', refusal: { reason: 'cancelled' } });
  expect(kindOf(await small)).toBe('granted');
});

test('a request that was served leaves no timer behind', async () => {
  const service = begin();
  const holder = await take(service, { bytes: 20 * GIB }, aHolder('holder'));
  const before = world.clock.pendingCount;
  const waiting = service.request({ bytes: 10 * GIB }, aHolder('a'), { patienceMs: 60_000, signal: new AbortController().signal });
  await settle();

  holder.dispose();
  await waiting;

  expect(world.clock.pendingCount).toBe(before);
});

test('a foreign process that ends makes room for who waits', async () => {
  const service = begin({ gpus: [aGpu({ usedBytes: 20 * GIB })] });
  const waiting = service.request({ bytes: 10 * GIB }, aHolder('a'), { patienceMs: null });
  await settle();

  world.gpus = [aGpu()];
  await world.tick();

  expect(kindOf(await waiting)).toBe('granted');
});

test('what a lease really uses is learned from the driver', async () => {
  const service = begin();
  const lease = await take(service, { bytes: 8 * GIB }, aHolder('a'));
  world.marks.set(10, { name: 'python3', mark: 'run_a' });
  world.gpus = [aGpu({ usedBytes: 3 * GIB, processes: [aProcess({ pid: 10, usedBytes: 3 * GIB })] })];
  await world.tick();
  const half = service.ledger();
  lease.settle({ headroomBytes: GIB });
  const settled = service.ledger().devices[0]?.freeBytes;
  world.gpus = [aGpu({ usedBytes: 12 * GIB, processes: [aProcess({ pid: 10, usedBytes: 12 * GIB })] })];
  await world.tick();
  const grown = service.ledger();

  expect(half.processes).toMatchObject([{ pid: 10, name: 'python3', owner: { kind: 'lease', holder: { name: 'a' } } }]);
  expect([half.leases[0]?.shares[0]?.usedBytes, half.devices[0]?.freeBytes, settled, grown.devices[0]?.bookedBytes, grown.devices[0]?.freeBytes]).toEqual([3 * GIB, 16 * GIB, 20 * GIB, 12 * GIB, 12 * GIB]);
});

test('where the driver does not say what a process uses, it is inferred and not counted twice', async () => {
  const service = begin({ gpus: [aGpu({ usedBytes: GIB, processes: null })] });
  await take(service, { bytes: 8 * GIB }, aHolder('a'));
  const before = service.ledger().devices[0]?.freeBytes;
  world.gpus = [aGpu({ usedBytes: 9 * GIB, processes: null })];
  await world.tick();
  const { devices, leases } = service.ledger();

  expect([before, devices[0]?.freeBytes, leases[0]?.shares[0]?.usedBytes]).toEqual([15 * GIB, 15 * GIB, null]);
});

test('processes are told apart: a lease\'s, a run\'s without a lease, one that the holder named, and foreign ones', async () => {
  const service = begin();
  const lease = await take(service, { bytes: 4 * GIB }, aHolder('box', 'container'));
  await take(service, { bytes: 4 * GIB }, aHolder('a'));
  world.marks.set(10, { name: 'python', mark: 'run_a' });
  world.marks.set(11, { name: 'python', mark: 'run_other' });
  world.marks.set(14, { name: 'node', mark: 'second mark' });
  world.gpus = [aGpu({ processes: [10, 11, 12, 13, 14].map((pid) => aProcess({ pid })) })];
  await world.tick();

  lease.ownPids([12]);
  lease.ownMark('second mark');

  expect(service.ledger().processes.map(({ pid, name, owner }) => [pid, name, owner.kind])).toEqual([[10, 'python', 'lease'], [11, 'python', 'run'], [12, 'unknown', 'lease'], [13, 'unknown', 'foreign'], [14, 'node', 'lease']]);
});

test('a device that falls off the bus keeps its lease, takes no other, and comes back', async () => {
  const service = begin({ gpus: [aGpu({ n: 0 }), aGpu({ n: 1 })] });
  const lease = await take(service, { bytes: GIB, placement: { kind: 'uuid', gpuIds: [uuid(0)] } }, aHolder('a'));
  world.gpus = [aGpu({ n: 1 })];
  await world.tick();
  const gone = service.ledger();
  const other = await refuse(service, { bytes: GIB, placement: { kind: 'uuid', gpuIds: [uuid(0)] } }, aHolder('b'));
  // It comes back with another index.
  world.gpus = [aGpu({ n: 1, index: 0 }), aGpu({ n: 0, index: 1 })];
  await world.tick();
  const back = service.ledger();
  lease.dispose();

  expect([gone.devices.map(({ isLost }) => isLost), gone.leases[0]?.shares[0]?.isDeviceLost, other.reason, explainRefusal(other)]).toEqual([[false, true], true, 'unknown_device', `The GPU ${uuid(0)} is not there.`]);
  expect(back.devices.map(({ gpuId, index, bookedBytes }) => [gpuId, index, bookedBytes])).toEqual([[uuid(1), 0, 0], [uuid(0), 1, GIB]]);
});

test('a request for a device that vanishes meanwhile is refused', async () => {
  const service = begin({ gpus: [aGpu({ usedBytes: 24 * GIB })] });
  const waiting = service.request({ bytes: GIB }, aHolder('a'), { patienceMs: null });
  await settle();

  world.gpus = [];
  world.state = 'absent';
  await world.tick();

  expect(await waiting).toMatchObject({ kind: 'refused', refusal: { reason: 'no_device' } });
});

test('a driver that hangs delays a decision by a second and no more', async () => {
  const service = begin();
  await take(service, { bytes: GIB }, aHolder('a'));
  await world.clock.advance(10_000);
  world.isHanging = true;

  const waiting = service.request({ bytes: GIB }, aHolder('b'));
  await settle();
  await world.clock.advance(1_000);

  expect(kindOf(await waiting)).toBe('granted');
});

test('impossible readings neither make room nor take it', async () => {
  const service = begin({ gpus: [aGpu({ usedBytes: 2 ** 64 - 1, freeBytes: -GIB, processes: [aProcess({ usedBytes: 2 ** 64 - 1 })] }), aGpu({ n: 1, totalBytes: 2 ** 64 - 1 })] });

  await take(service, { bytes: 20 * GIB }, aHolder('a'));
  const second = await refuse(service, { bytes: 20 * GIB }, aHolder('b'));

  expect([second.reason, service.ledger().devices.map(({ freeBytes }) => freeBytes / GIB)]).toEqual(['not_enough_free', [4, 0]]);
});

test('MIG instances are devices of their own, the card they are cut from is none', async () => {
  const instance = (n: number) => ({ id: uuid(100 + n), name: '1g.10gb', gpuInstanceId: n, computeInstanceId: 0, totalBytes: 10 * GIB, usedBytes: 0 });
  const service = begin({ gpus: [aGpu({ migMode: 'on', migInstances: [instance(0), instance(1)] })] });

  const leases = [await take(service, { bytes: 6 * GIB, mode: 'exclusive' }, aHolder('a')), await take(service, { bytes: 6 * GIB }, aHolder('b'))];

  expect(leases.map(({ environment }) => environment['CUDA_VISIBLE_DEVICES'])).toEqual([uuid(100), uuid(101)]);
});

test('leases outlive the backend: the run that lives on takes its own up again, the rest is dropped', async () => {
  const service = begin();
  await take(service, { bytes: 10 * GIB }, aHolder('lives'));
  await take(service, { bytes: 10 * GIB }, aHolder('gone'));
  service.stop();
  const next = begin({ database: world.database });
  const before = await refuse(next, { bytes: 10 * GIB }, aHolder('new'));

  const adopted = next.adopt({ kind: 'run', id: 'run_lives' });
  next.endAdoption('run');

  expect([before.devices[0]?.holders.map(({ holder }) => holder.name), adopted?.gpuIds, next.adopt({ kind: 'run', id: 'run_gone' }), next.ledger().leases.map(({ holder, state }) => [holder.name, state])]).toEqual([['lives', 'gone'], [uuid(0)], null, [['lives', 'held']]]);
  next.release({ kind: 'run', id: 'run_lives' });
  expect(next.ledger().leases).toEqual([]);
});

const start = (world_: GpuWorld['service'], set: Partial<Parameters<typeof takeStartLease>[1]>, name: string) => takeStartLease(world_, { gpu: 'optional', vramMib: null, gpuIds: null, ...set }, { holder: aHolder(name), signal: new AbortController().signal });

test('a start that asks for more than is free is refused with a sentence that names the holder', async () => {
  const service = begin();
  const first = await start(service, { vramMib: 20 * 1024 }, 'Stable Diffusion');

  const second = await start(service, { vramMib: 8 * 1024, gpuIds: [uuid(0)] }, 'ComfyUI');

  expect([first.kind === 'taken' && first.lease?.environment['CUDA_VISIBLE_DEVICES'], second]).toEqual([uuid(0), { kind: 'refused', evidence: 'It needs 8.0 GiB of GPU memory, but only 4.0 GiB are free on GPU 0 (Fake RTX 4090): "Stable Diffusion" holds 20.0 GiB.' }]);
});

test('a start that can do without a GPU goes without where there is none', async () => {
  const service = begin({ gpus: [] });

  const starts = [await start(service, { vramMib: 1024 }, 'a'), await start(service, { vramMib: 1024, gpu: 'nvidia' }, 'b'), await start(service, {}, 'c')];

  expect(starts).toEqual([{ kind: 'taken', lease: null }, { kind: 'refused', evidence: 'It needs a GPU, and none was found.' }, { kind: 'taken', lease: null }]);
});

test('check says what would happen and books nothing', async () => {
  const service = begin();
  await take(service, { bytes: 10 * GIB }, aHolder('a'));

  const answers = [await service.check({ bytes: 10 * GIB }), await service.check({ bytes: 20 * GIB })];

  expect(answers).toMatchObject([{ kind: 'fits', gpuIds: [uuid(0)] }, { kind: 'refused', refusal: { couldStop: [{ holder: { name: 'a' } }] } }]);
  expect(service.ledger()).toMatchObject({ leases: [{ holder: { name: 'a' } }], waiting: [] });
});

test('every decision is told once', async () => {
  const service = begin();
  const told: string[] = [];
  service.onDidDecide(({ kind, holder }) => { told.push(`${kind} ${holder.name}`); });
  const a = await take(service, { bytes: 20 * GIB }, aHolder('a'));
  await refuse(service, { bytes: 20 * GIB }, aHolder('b'));
  const c = service.request({ bytes: 20 * GIB }, aHolder('c'), { patienceMs: null });
  await settle();
  a.dispose();
  await c;

  expect(told).toEqual(['granted a', 'refused b', 'waiting c', 'released a', 'granted c']);
});
