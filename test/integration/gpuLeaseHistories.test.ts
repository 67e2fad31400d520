import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GpuProcess } from '#contract/gpus.ts';
import type { WaitingRequest } from '#contract/leases.ts';
import { settle } from '../fakes/facts/fakeClock.ts';
import { aGpu, aHolder, GIB, uuid } from '../fakes/facts/aGpu.ts';
import { GpuWorld } from '../support/gpuWorld.ts';
import type { HeldLease, LeaseResult } from '../../src-main/features/gpus/ledger/heldLease.ts';

const SIZES_GIB = [8, 16, 24];
const NOT_OURS_PID = 900;

type Step =
  | { kind: 'request'; gib: number; devices: number; priority: number; isExclusive: boolean; waits: boolean; named: number | null }
  | { kind: 'release'; which: number }
  | { kind: 'withdraw'; which: number }
  | { kind: 'use'; which: number; share: number }
  | { kind: 'foreign'; device: number; gib: number }
  | { kind: 'read' }
  | { kind: 'restart' };

const request = fc.record({
  kind: fc.constant('request' as const), gib: fc.oneof({ weight: 1, arbitrary: fc.integer({ min: 0, max: 25 }) }, { weight: 2, arbitrary: fc.integer({ min: 1, max: 9 }) }), devices: fc.integer({ min: 1, max: 2 }), priority: fc.integer({ min: 0, max: 2 }),
  isExclusive: fc.nat(9).map((n) => n === 0), waits: fc.boolean(), named: fc.option(fc.nat(2)),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: request },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('release' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), which: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('use' as const), which: fc.nat(20), share: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('foreign' as const), device: fc.nat(2), gib: fc.integer({ min: 0, max: 24 }) }) },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: 'read' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'restart' }) },
);

/** Plays a history and keeps its own account of what really is used, beside the ledger. */
class Play {
  world = new GpuWorld({ gpus: SIZES_GIB.map((gib, n) => aGpu({ n, totalBytes: gib * GIB })) });
  held: HeldLease[] = [];
  readonly aborts: AbortController[] = [];
  readonly results: LeaseResult[] = [];
  readonly failures: unknown[] = [];
  readonly #used = new Map<string, Map<string, number>>();
  readonly #foreign = [0, 0, 0];
  /** What was not ours at the last reading: the driver cannot warn of what comes later. */
  #foreignRead = [0, 0, 0];
  #serial = 0;
  #grantedInStep: HeldLease[] = [];

  async take(one: Step): Promise<void> {
    this.#grantedInStep = [];
    const before = this.world.service.ledger().waiting;
    await this.#act(one);
    await settle();
    this.#checkGrants();
    if (one.kind !== 'restart') this.#checkOrder(before);
    await this.#checkNobodySleeps();
  }

  async #act(one: Step): Promise<void> {
    const lease = 'which' in one ? this.held[one.which % Math.max(1, this.held.length)] : undefined;
    switch (one.kind) {
      case 'request': this.#request(one); return;
      case 'release': this.#release(lease); return;
      case 'withdraw': this.aborts[one.which % Math.max(1, this.aborts.length)]?.abort(); return;
      case 'use': this.#use(lease, one.share); return;
      case 'foreign': this.#foreign[one.device] = Math.min(one.gib * GIB, this.#roomFor(one.device)); return;
      case 'read': this.#describe(); await this.world.tick(); return;
      case 'restart': await this.#restart(); return;
    }
  }

  #request({ gib, devices, priority, isExclusive, waits, named }: Extract<Step, { kind: 'request' }>): void {
    const abort = new AbortController();
    this.aborts.push(abort);
    const holder = aHolder(String(this.#serial++));
    const need = { bytes: gib * GIB, deviceCount: named === null ? devices : 1, priority, mode: isExclusive ? 'exclusive' as const : 'shared' as const, ...(named !== null && { placement: { kind: 'index' as const, indices: [named] } }) };
    this.world.service.request(need, holder, { patienceMs: waits ? null : 0, signal: abort.signal }).then((result) => {
      this.results.push(result);
      if (result.kind === 'refused') return;
      this.held.push(result.lease);
      this.#grantedInStep.push(result.lease);
    }, (error: unknown) => { this.failures.push(error); });
  }

  #release(lease: HeldLease | undefined): void {
    if (lease === undefined) return;
    this.held = this.held.filter((other) => other !== lease);
    this.#used.delete(lease.id);
    lease.dispose();
  }

  /** A lease's processes use a part of what it booked. */
  #use(lease: HeldLease | undefined, share: number): void {
    if (lease === undefined) return;
    const booked = this.world.service.ledger().leases.find(({ id }) => id === lease.id)?.shares ?? [];
    this.#used.set(lease.id, new Map(booked.map(({ gpuId, bytes }) => [gpuId, bytes * share])));
  }

  #usedOn(n: number): number {
    return this.#used.values().reduce((sum, uses) => sum + (uses.get(uuid(n)) ?? 0), 0);
  }

  /** Others may take what is physically free, also what is promised. */
  #roomFor(n: number): number {
    return Math.max(0, (SIZES_GIB[n] ?? 0) * GIB - this.#usedOn(n));
  }

  /** What the driver would say now. */
  #describe(): void {
    this.#foreignRead = [...this.#foreign];
    this.world.gpus = SIZES_GIB.map((gib, n) => {
      const processes: GpuProcess[] = [...this.#used].flatMap(([id, uses], at) => (uses.has(uuid(n)) ? [{ pid: this.#pidOf(id, at), usedBytes: uses.get(uuid(n)) ?? 0, kind: 'compute' as const, migId: null }] : []));
      const foreign = this.#foreign[n] ?? 0;
      return aGpu({ n, totalBytes: gib * GIB, usedBytes: Math.min(gib * GIB, this.#usedOn(n) + foreign), processes: [...processes, { pid: NOT_OURS_PID, usedBytes: foreign, kind: 'compute', migId: null }] });
    });
  }

  #pidOf(id: string, at: number): number {
    const holder = this.held.find((lease) => lease.id === id)?.holder.id ?? null;
    const known = [...this.world.marks].find(([, { mark }]) => mark === holder);
    const pid = known?.[0] ?? 1_000 + this.world.marks.size * 100 + at;
    this.world.marks.set(pid, { name: 'python', mark: holder });
    return pid;
  }

  async #restart(): Promise<void> {
    const { database, gpus, marks } = this.world;
    this.world.service.stop();
    await settle();
    this.world = new GpuWorld({ gpus, database });
    for (const [pid, owner] of marks) this.world.marks.set(pid, owner);
    this.held = this.held.flatMap(({ holder }) => this.world.service.adopt(holder) ?? []);
    this.world.service.endAdoption('run');
    await this.world.tick();
  }

  /** If every lease took all it booked at once, it would still be there, as far as the driver could know. */
  #checkGrants(): void {
    const { leases, devices } = this.world.service.ledger();
    for (const [n, gib] of SIZES_GIB.entries()) {
      const here = leases.flatMap(({ shares, mode }) => shares.filter(({ gpuId }) => gpuId === uuid(n)).map(({ bytes }) => ({ bytes, mode })));
      const booked = here.reduce((sum, { bytes }) => sum + bytes, 0);
      const isGranted = this.#grantedInStep.some(({ gpuIds, id }) => gpuIds.includes(uuid(n)) && leases.some((lease) => lease.id === id && lease.shares.some((share) => share.gpuId === uuid(n) && share.bytes > 0)));
      expect(booked).toBeLessThanOrEqual(gib * GIB);
      if (isGranted) expect(booked + (this.#foreignRead[n] ?? 0)).toBeLessThanOrEqual(gib * GIB + 1);
      if (here.some(({ mode }) => mode === 'exclusive')) expect(here).toHaveLength(1);
      expect(devices[n]?.freeBytes ?? 0).toBeGreaterThanOrEqual(0);
    }
  }

  /** Whoever came later, with the same priority and the same devices, was not served while somebody waited. */
  #checkOrder(before: readonly WaitingRequest[]): void {
    const still = this.world.service.ledger().waiting;
    for (const { gpuIds, holder } of this.#grantedInStep) {
      const granted = before.find((one) => one.holder.id === holder.id);
      const passed = still.filter((one) => Number(one.holder.name) < Number(holder.name) && one.need.priority >= (granted?.need.priority ?? 0));
      for (const one of passed) {
        if (granted === undefined && one.need.priority < (this.#priorityOf(holder.id) ?? 0)) continue;
        const wanted = one.refusal.devices.map(({ gpuId }) => gpuId);
        expect(gpuIds.filter((id) => wanted.includes(id)), `${holder.name} passed ${one.holder.name}`).toEqual([]);
      }
    }
  }

  #priorityOf(holderId: string): number | undefined {
    return this.world.service.ledger().leases.find(({ holder }) => holder.id === holderId)?.priority;
  }

  /** Nobody who could be served waits: asking the queue again changes nothing. */
  async #checkNobodySleeps(): Promise<void> {
    const waiting = this.world.service.ledger().waiting.length;
    this.world.didRead.fire(this.world.reading());
    await settle();
    expect(this.world.service.ledger().waiting).toHaveLength(waiting);
  }
}

test('over any history nothing is overbooked, nobody is forgotten, and first come is first served', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), async (steps) => {
    const play = new Play();
    for (const one of steps) await play.take(one);

    // In the end everybody gives back, the others go, and the queue runs empty in order.
    for (const lease of play.held.splice(0)) lease.dispose();
    play.world.gpus = SIZES_GIB.map((gib, n) => aGpu({ n, totalBytes: gib * GIB }));
    await play.world.tick();
    for (let round = 0; round < 100 && play.held.length > 0; round += 1) {
      for (const lease of play.held.splice(0)) lease.dispose();
      await settle();
    }
    const { waiting, leases } = play.world.service.ledger();
    play.world.service.stop();
    await settle();
    expect([waiting.length, leases.length, play.results.length, play.failures]).toEqual([0, 0, play.aborts.length, []]);
    play.world.database.close();
  }), { numRuns: 150 });
});
