import type { GpuId } from '#contract/ids.ts';
import { TIMING } from './timing.ts';
import { isResident, type Placement, type Resident, type SchedulerFacts, type SchedulerState, type Unit } from './schedulerState.ts';

/** RAM is one more place where bytes are booked. */
export const RAM = 'ram';
export type RoomId = GpuId | typeof RAM;

/** One of our models on a device. `soon`: may be evicted later, though not now. `claim`: is not there yet, and nobody behind it gets that room. */
export interface Occupant {
  readonly key: string;
  readonly bytes: number;
  readonly kind: 'evictable' | 'soon' | 'busy' | 'pinned' | 'claim';
  /** Lower goes first. */
  readonly worth: number;
  readonly lastUsedAtMs: number;
}

/** One device, or RAM, with what is free there now and what could become so. */
export interface Room {
  readonly id: RoomId;
  readonly name: string;
  readonly capacityBytes: number;
  readonly freeBytes: number;
  /** Held by models that are going. */
  readonly freeingBytes: number;
  readonly occupants: readonly Occupant[];
  /** A load is under way here; the next one waits. */
  readonly isLoading: boolean;
  readonly isDisplayAttached: boolean;
  readonly holders: readonly string[];
}

export type Rooms = ReadonlyMap<RoomId, Room>;

/** Bytes that are wanted at one place. */
export interface Demand { readonly id: RoomId; readonly bytes: number }

/** Where a placement's bytes stand, RAM included. */
export function toDemands({ shares, ramBytes }: Pick<Placement, 'shares' | 'ramBytes'>): Demand[] {
  return [...shares.map(({ gpuId, bytes }) => ({ id: gpuId, bytes })), ...(ramBytes > 0 ? [{ id: RAM, bytes: ramBytes } as const] : [])];
}

/** What there is on each device and in RAM: what the ledgers say, less what was decided and is not in them yet. */
export function openRooms(state: SchedulerState, { devices, ram }: SchedulerFacts, nowMs: number): Rooms {
  const rooms = new Map<RoomId, Room>(devices.map((device) => [device.gpuId, { ...device, id: device.gpuId, freeingBytes: 0, occupants: [], isLoading: false }]));
  rooms.set(RAM, { id: RAM, name: 'RAM', ...ram, freeingBytes: 0, occupants: [], isLoading: false, isDisplayAttached: false, holders: [] });
  const held: Held = new Map(devices.map(({ gpuId, heldBytes }) => [gpuId, heldBytes]));
  for (const unit of state.units.values()) addUnit(rooms, unit, { held, nowMs });
  return rooms;
}

/** Bytes by load, for each device. */
type Held = ReadonlyMap<RoomId, ReadonlyMap<string, number>>;

/** What is really there in place of what was planned, once the ledger has all of it. */
function listHeld({ loadId }: Unit, phase: Resident, held: Held): Demand[] {
  const planned = toDemands(phase.placement);
  if (phase.kind === 'loading' && !phase.isBooked) return planned;
  return planned.map(({ id, bytes }) => ({ id, bytes: held.get(id)?.get(loadId ?? '') ?? bytes }));
}

function addUnit(rooms: Map<RoomId, Room>, unit: Unit, { held, nowMs }: { held: Held; nowMs: number }): void {
  const { phase } = unit;
  if (!isResident(phase)) return;
  const isGoing = phase.kind === 'draining' || phase.kind === 'unloading';
  for (const { id, bytes } of listHeld(unit, phase, held)) {
    const room = rooms.get(id);
    if (room === undefined) continue;
    rooms.set(id, isGoing ? { ...room, freeingBytes: room.freeingBytes + bytes } : addOccupant(room, toOccupant(unit, bytes, nowMs), phase));
  }
}

/** A load that the device's ledger does not know yet is taken off here. RAM is booked at once, so its ledger knows. */
function addOccupant(room: Room, occupant: Occupant, phase: Resident): Room {
  const isLoading = phase.kind === 'loading';
  const isUnbooked = isLoading && !phase.isBooked && room.id !== RAM;
  const isLoadingHere = isLoading && (room.id !== RAM || phase.placement.shares.length === 0);
  return {
    ...room, occupants: [...room.occupants, occupant], isLoading: room.isLoading || isLoadingHere,
    freeBytes: isUnbooked ? Math.max(0, room.freeBytes - occupant.bytes) : room.freeBytes,
  };
}

function toOccupant(unit: Unit, bytes: number, nowMs: number): Occupant {
  const lastUsedAtMs = unit.lastUsedAtMs ?? unit.phase.sinceMs;
  return { key: unit.key, bytes, kind: toOccupantKind(unit, nowMs), worth: toWorth(unit, nowMs), lastUsedAtMs };
}

/** Rule 6: evicted is only who is ready, has nothing in flight, is not pinned, not wanted, and was there for a while. */
function toOccupantKind({ phase, config, waiters, isSuperseded }: Unit, nowMs: number): Occupant['kind'] {
  if (config.isPinned && !isSuperseded) return 'pinned';
  if (phase.kind === 'busy') return 'busy';
  const isEvictable = phase.kind === 'ready' && waiters.length === 0 && nowMs - phase.residentSinceMs >= TIMING.minResidentMs;
  return isEvictable ? 'evictable' : 'soon';
}

const LOAD_BYTES_PER_MS = 1_000_000;

/** What a reload would cost, less the longer nobody asked. */
export function toWorth(unit: Pick<Unit, 'phase' | 'loadMs' | 'lastUsedAtMs'>, nowMs: number): number {
  const { phase } = unit;
  const bytes = isResident(phase) ? toDemands(phase.placement).reduce((sum, one) => sum + one.bytes, 0) : 0;
  const idleMs = Math.max(0, nowMs - (unit.lastUsedAtMs ?? phase.sinceMs));
  return Math.max(1, unit.loadMs ?? bytes / LOAD_BYTES_PER_MS) / (1 + idleMs / 1_000);
}

/** How soon a demand can be met. */
export const TIERS = ['now', 'freeing', 'evict', 'later', 'others', 'pinned', 'never'] as const;
export type Tier = (typeof TIERS)[number];

/** What it takes to meet all demands of one placement. `busy`: who would have to be drained, least recently used first. */
export interface Assessment {
  readonly tier: Tier;
  readonly evict: readonly string[];
  readonly busy: readonly string[];
  readonly isBehindLoad: boolean;
}

/** Assesses demands. `mustClear`: everything that can go from these devices goes first. */
export function assess(demands: readonly Demand[], rooms: Rooms, { mustClear = false }: { mustClear?: boolean } = {}): Assessment {
  const pairs = demands.flatMap((demand) => { const room = rooms.get(demand.id); return room === undefined ? [] : [{ demand, room }]; });
  if (pairs.length < demands.length) return { tier: 'never', evict: [], busy: [], isBehindLoad: false };
  const tier = worst(pairs.map(({ demand, room }) => assessOne(demand, room, mustClear)));
  const isBehindLoad = pairs.some(({ room }) => room.isLoading && (room.id !== RAM || pairs.length === 1));
  return { tier, evict: tier === 'evict' ? chooseVictims(pairs, mustClear) : [], busy: tier === 'later' ? listBusy(pairs) : [], isBehindLoad };
}

/** Those of the demands that are hardest to meet. */
export function listShort(demands: readonly Demand[], rooms: Rooms): Demand[] {
  const judged = demands.map((demand) => ({ demand, tier: tierOf(demand, rooms) }));
  const hardest = worst(judged.map(({ tier }) => tier));
  return judged.flatMap(({ demand, tier }) => (tier === hardest ? [demand] : []));
}

function tierOf(demand: Demand, rooms: Rooms): Tier {
  const room = rooms.get(demand.id);
  return room === undefined ? 'never' : assessOne(demand, room, false);
}

export function worst(tiers: readonly Tier[]): Tier {
  return TIERS[Math.max(0, ...tiers.map((tier) => TIERS.indexOf(tier)))] ?? 'never';
}

export function isBetter(a: Tier, b: Tier): boolean {
  return TIERS.indexOf(a) < TIERS.indexOf(b);
}

export function sumOf(occupants: readonly Occupant[], ...kinds: readonly Occupant['kind'][]): number {
  return occupants.reduce((sum, { kind, bytes }) => sum + (kinds.includes(kind) ? bytes : 0), 0);
}

function assessOne({ bytes }: Demand, room: Room, mustClear: boolean): Tier {
  const { capacityBytes, freeBytes, freeingBytes, occupants } = room;
  if (bytes > capacityBytes) return 'never';
  const evictableBytes = sumOf(occupants, 'evictable');
  const steps: [Tier, number][] = [
    ['now', mustClear && freeingBytes + evictableBytes > 0 ? -1 : freeBytes],
    ['freeing', mustClear && evictableBytes > 0 ? -1 : freeBytes + freeingBytes],
    ['evict', freeBytes + freeingBytes + evictableBytes],
    ['later', freeBytes + freeingBytes + evictableBytes + sumOf(occupants, 'soon', 'busy', 'claim')],
    ['others', capacityBytes - sumOf(occupants, 'pinned')],
  ];
  return steps.find(([, roomBytes]) => bytes <= roomBytes)?.[0] ?? 'pinned';
}

/** The cheapest victims whose memory is enough everywhere, without any that turn out not to be needed. */
function chooseVictims(pairs: readonly { demand: Demand; room: Room }[], mustClear: boolean): string[] {
  const candidates = pairs.flatMap(({ room }) => room.occupants.filter(({ kind }) => kind === 'evictable'));
  const ordered = [...new Set(candidates.toSorted((a, b) => a.worth - b.worth).map(({ key }) => key))];
  if (mustClear) return ordered;
  const chosen = new Set<string>();
  for (const { demand, room } of pairs) {
    for (const key of ordered) {
      if (missingBytes(demand, room, chosen) <= 0) break;
      if (room.occupants.some((one) => one.key === key)) chosen.add(key);
    }
  }
  for (const key of [...chosen].toReversed()) {
    chosen.delete(key);
    if (pairs.some(({ demand, room }) => missingBytes(demand, room, chosen) > 0)) chosen.add(key);
  }
  return [...chosen];
}

function missingBytes({ bytes }: Demand, { freeBytes, freeingBytes, occupants }: Room, victims: ReadonlySet<string>): number {
  return bytes - freeBytes - freeingBytes - occupants.reduce((sum, one) => sum + (victims.has(one.key) ? one.bytes : 0), 0);
}

/** Those of the busy ones whose end is needed, the least recently used first; none while their end alone would not make the room. */
function listBusy(pairs: readonly { demand: Demand; room: Room }[]): string[] {
  const chosen = new Set<string>();
  for (const { demand, room } of pairs) {
    let missing = demand.bytes - room.freeBytes - room.freeingBytes - sumOf(room.occupants, 'evictable', 'soon');
    for (const { key, bytes } of room.occupants.filter(({ kind }) => kind === 'busy').toSorted((a, b) => a.lastUsedAtMs - b.lastUsedAtMs)) {
      if (missing <= 0) break;
      chosen.add(key);
      missing -= bytes;
    }
    if (missing > 0) return [];
  }
  return [...chosen];
}

/** The rooms as they are for whoever stands further behind: what is claimed is not free though one of ours has it, and nobody else evicts where it is waited for. */
export function claim(key: string, demands: readonly Demand[], rooms: Rooms, { tier, evict }: Pick<Assessment, 'tier' | 'evict'>): Rooms {
  if (tier !== 'later') return claimEach(key, demands, rooms, (room, bytes) => ({ ...takeFrom(room, bytes, evict), isLoading: room.isLoading || bytes > 0 }));
  return claimEach(key, demands, rooms, (room, bytes) => (isBetter(assessOne({ id: room.id, bytes }, room, false), 'evict') ? takeFrom(room, bytes, []) : closeRoom(room, bytes)));
}

/** The same where what looks free cannot be trusted. */
export function claimClosed(key: string, demands: readonly Demand[], rooms: Rooms): Rooms {
  return claimEach(key, demands, rooms, closeRoom);
}

function claimEach(key: string, demands: readonly Demand[], rooms: Rooms, take: (room: Room, bytes: number) => Room): Rooms {
  const claimed = new Map(rooms);
  for (const { id, bytes } of demands) {
    const room = claimed.get(id);
    if (room === undefined) continue;
    const left = take(room, bytes);
    claimed.set(id, { ...left, occupants: [...left.occupants, { key, bytes: sumRoom(room) - sumRoom(left), kind: 'claim', worth: 0, lastUsedAtMs: 0 }] });
  }
  return claimed;
}

/** Everything that is ours there or could be. */
function sumRoom({ freeBytes, freeingBytes, occupants }: Room): number {
  return occupants.reduce((sum, { bytes }) => sum + bytes, freeBytes + freeingBytes);
}

function takeFrom(room: Room, bytes: number, evict: readonly string[]): Room {
  const comingBytes = room.freeingBytes + room.occupants.reduce((sum, one) => sum + (evict.includes(one.key) ? one.bytes : 0), 0);
  const leftBytes = Math.max(0, room.freeBytes + comingBytes - bytes);
  const freeBytes = Math.min(room.freeBytes, leftBytes);
  return { ...room, freeBytes, freeingBytes: leftBytes - freeBytes, occupants: room.occupants.filter(({ key }) => !evict.includes(key)) };
}

function closeRoom(room: Room, bytes: number): Room {
  return { ...room, freeBytes: Math.max(0, room.freeBytes - bytes), freeingBytes: 0, occupants: room.occupants.map((one) => (one.kind === 'evictable' ? { ...one, kind: 'soon' as const } : one)) };
}
