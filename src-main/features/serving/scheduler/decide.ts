import type { WaitReason } from '#contract/serving.ts';
import { toUnloadAtMs, isStalled } from './idlePolicy.ts';
import type { MemoryPlan } from './memoryPlan.ts';
import { canShrink, choosePlacement, type Option, type PlacementDecision, type Shortage } from './placementPolicy.ts';
import { findNext, isWanted, orderUnits, waitingSinceMs } from './queuePolicy.ts';
import { claim, claimClosed, openRooms, toDemands, type Occupant, type Rooms } from './roomPolicy.ts';
import type { MemoryPlace, SlotRefusal } from './schedulerPort.ts';
import { isServing, type Placement, type SchedulerFacts, type SchedulerState, type Unit, type UnloadCause, type Waiter } from './schedulerState.ts';
import { toSmallerContext } from './failurePolicy.ts';
import { TIMING } from './timing.ts';

/** One thing to do now. `queue`: a model is wanted and gets into the queue; `forget`: nobody wants it any more; `drop`: its configuration is not that any more; `revive`: it need not go. */
export type Action =
  | { readonly kind: 'grant'; readonly key: string; readonly requestId: string }
  | { readonly kind: 'queue'; readonly key: string }
  | { readonly kind: 'forget'; readonly key: string }
  | { readonly kind: 'drop'; readonly key: string }
  | { readonly kind: 'plan'; readonly key: string }
  | { readonly kind: 'shrink'; readonly key: string; readonly contextTokens: number }
  | { readonly kind: 'load'; readonly key: string; readonly placement: Placement }
  | { readonly kind: 'drain'; readonly key: string; readonly cause: UnloadCause }
  | { readonly kind: 'revive'; readonly key: string }
  | { readonly kind: 'unload'; readonly key: string; readonly cause: UnloadCause }
  | { readonly kind: 'stall'; readonly key: string }
  | { readonly kind: 'refuse'; readonly key: string; readonly requestIds: readonly string[]; readonly refusal: SlotRefusal; readonly isFinal: boolean };

/** What is to be done, why the rest waits, and when to look again if nothing happens before. */
export interface Decision {
  readonly actions: readonly Action[];
  readonly waits: ReadonlyMap<string, WaitReason>;
  /** Of those who wait for room: whether it is somebody else's memory that they wait for. */
  readonly blocked: ReadonlyMap<string, boolean>;
  readonly wakeAtMs: number | null;
}

/**
 * Decides for every model at once. Decides only: facts and state in, actions out.
 *
 * Shape: as long as a model can be served or let go by itself, the queue is not looked at, so that its turn sees the outcome.
 */
export function decide(state: SchedulerState, facts: SchedulerFacts, nowMs: number): Decision {
  const scene = new Scene(nowMs);
  for (const unit of state.units.values()) decideAlone(unit, facts, scene);
  if (scene.actions.length === 0) decideQueue(state, facts, scene);
  return scene;
}

/** What is gathered while deciding. */
class Scene implements Decision {
  readonly actions: Action[] = [];
  readonly waits = new Map<string, WaitReason>();
  readonly blocked = new Map<string, boolean>();
  readonly nowMs: number;
  wakeAtMs: number | null = null;

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  /** Looks again at a time that lies ahead. */
  wakeAt(atMs: number): void {
    if (atMs > this.nowMs) this.wakeAtMs = Math.min(atMs, this.wakeAtMs ?? atMs);
  }
}

function decideAlone(unit: Unit, facts: SchedulerFacts, scene: Scene): void {
  const { phase } = unit;
  switch (phase.kind) {
    case 'unloaded': decideUnloaded(unit, scene); return;
    case 'queued': decideQueued(unit, scene); return;
    case 'loading': decideLoading(unit, phase, scene); return;
    case 'ready': case 'busy': case 'draining': decideServing(unit, facts, scene); return;
    case 'unloading': scene.waits.set(unit.key, { kind: 'draining', model: unit.config.name }); return;
    case 'failed': decideFailed(unit, phase, scene); return;
  }
}

function decideUnloaded({ key, waiters, isSuperseded }: Unit, { actions }: Scene): void {
  if (waiters.length > 0) actions.push({ kind: 'queue', key });
  else if (isSuperseded) actions.push({ kind: 'drop', key });
}

function decideQueued(unit: Unit, { actions }: Scene): void {
  if (!isWanted(unit)) actions.push({ kind: 'forget', key: unit.key });
  else if (unit.plan.kind === 'none') actions.push({ kind: 'plan', key: unit.key });
}

function decideLoading(unit: Unit, { progress, signAtMs }: Extract<Unit['phase'], { kind: 'loading' }>, scene: Scene): void {
  if (unit.leaveAfterSerial !== null && !isWanted(unit)) scene.actions.push({ kind: 'unload', key: unit.key, cause: 'asked' });
  else if (isStalled(unit, scene.nowMs)) scene.actions.push({ kind: 'stall', key: unit.key });
  scene.wakeAt(signAtMs + TIMING.stallMs);
  scene.waits.set(unit.key, { kind: 'loading', progress });
}

function decideServing(unit: Unit, facts: SchedulerFacts, scene: Scene): void {
  const { key, phase, active } = unit;
  const next = findNext(listServable(unit), scene.nowMs);
  if (next !== null && (next.wants === 'load' || active.size < unit.config.slots)) { scene.actions.push({ kind: 'grant', key, requestId: next.requestId }); return; }
  if (unit.waiters.length > 0) scene.waits.set(key, phase.kind === 'draining' ? { kind: 'draining', model: unit.config.name } : { kind: 'slots', busySlots: active.size });
  if (phase.kind === 'draining') {
    if (active.size === 0 && next === null) scene.actions.push({ kind: 'unload', key, cause: phase.cause });
  } else if (unit.isSuperseded) scene.actions.push({ kind: 'drain', key, cause: 'superseded' });
  else decideIdle(unit, facts, scene);
}

function decideIdle(unit: Unit, { ttlSeconds }: SchedulerFacts, scene: Scene): void {
  const unloadAtMs = toUnloadAtMs(unit, ttlSeconds);
  if (unloadAtMs === null || unit.waiters.length > 0) return;
  if (unloadAtMs <= scene.nowMs) scene.actions.push({ kind: 'unload', key: unit.key, cause: 'idle' });
  else scene.wakeAt(unloadAtMs);
}

/** Rule 8: whoever comes to a draining model waits for its next load; whoever was there before is still served in the batch. */
function listServable({ phase, waiters }: Unit): readonly Waiter[] {
  if (!isServing(phase)) return [];
  return phase.kind === 'draining' ? waiters.filter(({ serial }) => serial <= phase.lastSerial) : waiters;
}

function decideFailed(unit: Unit, { retryAtMs, failure, detail }: Extract<Unit['phase'], { kind: 'failed' }>, scene: Scene): void {
  if (unit.waiters.length === 0) { if (unit.isSuperseded) scene.actions.push({ kind: 'drop', key: unit.key }); return; }
  const leftMs = retryAtMs - scene.nowMs;
  if (leftMs <= 0) scene.actions.push({ kind: 'queue', key: unit.key });
  else if (leftMs > TIMING.fairnessMs) scene.actions.push({ kind: 'refuse', key: unit.key, requestIds: unit.waiters.map(({ requestId }) => requestId), refusal: { kind: 'load_failed', failure, detail, retryAfterMs: leftMs }, isFinal: false });
  else { scene.waits.set(unit.key, { kind: 'backoff', retryAtMs }); scene.wakeAt(retryAtMs); }
}

/** Rule 7 and 8: one after the other in their order; who must wait keeps its claim on the room that it waits for. */
function decideQueue(state: SchedulerState, facts: SchedulerFacts, scene: Scene): void {
  const queued = [...state.units.values()].filter(({ phase }) => phase.kind === 'queued');
  const draining = [...state.units.values()].filter(({ phase }) => phase.kind === 'draining' && phase.cause === 'evicted');
  if (queued.length === 0 && draining.length === 0) return;
  let rooms = openRooms(state, facts, scene.nowMs);
  for (const unit of orderUnits(queued, scene.nowMs)) {
    if (unit.plan.kind !== 'known' || isForReading(unit, unit.plan.plan, { facts, scene })) continue;
    const decision = choosePlacement({ config: unit.config, recovery: unit.recovery, plan: unit.plan.plan }, rooms);
    rooms = unit.notBeforeMs > scene.nowMs ? decidePaused(unit, decision, { state, scene, rooms }) : decidePlaced(unit, decision, { state, scene, rooms });
  }
  // Who was to make room for somebody who has gone, or who went elsewhere, stays.
  const placed = new Set(scene.actions.flatMap(({ kind, key }) => (kind === 'load' ? [key] : [])));
  if (queued.every(({ key }) => placed.has(key))) scene.actions.push(...draining.map(({ key }) => ({ kind: 'revive' as const, key })));
}

/** Rule 5: devices that were not read yet are not devices that are not there. */
function isForReading(unit: Unit, { steps }: MemoryPlan, { facts: { devicesKnownByMs }, scene }: { facts: SchedulerFacts; scene: Scene }): boolean {
  const usesDevices = unit.config.gpuLayers !== 0 && steps.some(({ gpuBytes }) => gpuBytes > 0);
  if (devicesKnownByMs === null || devicesKnownByMs <= scene.nowMs || !usesDevices) return false;
  scene.waits.set(unit.key, { kind: 'memory', refusal: null });
  scene.wakeAt(devicesKnownByMs);
  return true;
}

interface QueueScene { readonly state: SchedulerState; readonly scene: Scene; readonly rooms: Rooms }

/** Rule 16: the ledger refused what looked free. It is asked again soon, and nobody takes that room meanwhile. */
function decidePaused(unit: Unit, decision: PlacementDecision, { scene, rooms }: QueueScene): Rooms {
  refuseImpatient(unit, unit.refusal === null ? 'ram' : 'gpu', scene);
  scene.wakeAt(unit.notBeforeMs);
  return 'option' in decision ? claimClosed(unit.key, toDemands(decision.option.placement), rooms) : rooms;
}

function decidePlaced(unit: Unit, decision: PlacementDecision, { state, scene, rooms }: QueueScene): Rooms {
  switch (decision.kind) {
    case 'place': scene.actions.push({ kind: 'load', key: unit.key, placement: decision.option.placement }); break;
    case 'evict': scene.actions.push(...decision.option.assessment.evict.map((key) => ({ kind: 'unload' as const, key, cause: 'evicted' as const }))); break;
    case 'wait': waitFor(unit, decision.option, { state, scene, rooms }); break;
    case 'blocked': refuseImpatient(unit, decision.shortage.place, scene); return rooms;
    case 'impossible': refuseImpossible(unit, decision.shortage, { state, scene }); return rooms;
  }
  return claim(unit.key, toDemands(decision.option.placement), rooms, decision.option.assessment);
}

/** Rule 6 and 7: after a while the busy ones in the way get no new requests, and so come to an end. */
function waitFor(unit: Unit, { assessment, placement }: Option, { state, scene, rooms }: QueueScene): void {
  const fairAtMs = (waitingSinceMs(unit) ?? scene.nowMs) + TIMING.fairnessMs;
  if (assessment.busy.length > 0 && fairAtMs <= scene.nowMs) scene.actions.push(...assessment.busy.map((key) => ({ kind: 'drain' as const, key, cause: 'evicted' as const })));
  const places = new Set<string>(toDemands(placement).map(({ id }) => id));
  const occupants = [...rooms.values()].flatMap((room) => (places.has(room.id) ? room.occupants : []));
  scene.wakeAt(fairAtMs);
  for (const wakeAtMs of listMatureAtMs(state, occupants)) scene.wakeAt(wakeAtMs);
  scene.blocked.set(unit.key, false);
  scene.waits.set(unit.key, toWaitReason(unit, assessment.busy, { state, places, occupants }));
}

/** When those who were loaded just now may be evicted. */
function listMatureAtMs({ units }: SchedulerState, occupants: readonly Occupant[]): number[] {
  return occupants.flatMap(({ key }) => { const phase = units.get(key)?.phase; return phase?.kind === 'ready' ? [phase.residentSinceMs + TIMING.minResidentMs] : []; });
}

/** Who stands ahead for the same room, else who goes from it, else who is to go. */
function toWaitReason(unit: Unit, busy: readonly string[], { state: { units }, places, occupants }: { state: SchedulerState; places: ReadonlySet<string>; occupants: readonly Occupant[] }): WaitReason {
  const nameOf = (key: string | undefined): string | null => (key === undefined ? null : units.get(key)?.config.name ?? null);
  const ahead = nameOf(occupants.find(({ key, kind }) => kind === 'claim' || units.get(key)?.phase.kind === 'loading')?.key);
  if (ahead !== null) return { kind: 'fairness', model: ahead };
  const going = [...units.values()].find(({ key, phase }) => key !== unit.key && (phase.kind === 'draining' || phase.kind === 'unloading') && toDemands(phase.placement).some(({ id }) => places.has(id)));
  const inTheWay = going?.config.name ?? nameOf(busy[0]);
  return inTheWay === null ? { kind: 'memory', refusal: unit.refusal } : { kind: 'draining', model: inTheWay };
}

/** Others' memory is waited for a while, in case that they give it back; each request for its own time, and no shorter than they are in the way. */
function refuseImpatient(unit: Unit, place: MemoryPlace, scene: Scene): void {
  const toGiveUpAtMs = ({ sinceMs }: Waiter): number => Math.max(sinceMs, unit.blockedSinceMs ?? scene.nowMs) + TIMING.fairnessMs;
  const impatient = unit.waiters.filter((waiter) => toGiveUpAtMs(waiter) <= scene.nowMs);
  if (impatient.length > 0) scene.actions.push({ kind: 'refuse', key: unit.key, requestIds: impatient.map(({ requestId }) => requestId), refusal: { kind: 'gpu_busy', place, retryAfterMs: TIMING.fairnessMs }, isFinal: false });
  for (const waiter of unit.waiters) scene.wakeAt(toGiveUpAtMs(waiter));
  scene.wakeAt(scene.nowMs + TIMING.lookAgainMs);
  scene.blocked.set(unit.key, true);
  scene.waits.set(unit.key, { kind: 'memory', refusal: unit.refusal });
}

function refuseImpossible(unit: Unit, { neededBytes, freeBytes, holders }: Shortage, { state, scene }: Pick<QueueScene, 'state' | 'scene'>): void {
  const contextTokens = unit.plan.kind === 'known' ? unit.plan.plan.contextTokens : 0;
  const smaller = canShrink({ config: unit.config, contextTokens }) ? toSmallerContext(contextTokens) : null;
  if (smaller !== null) { scene.actions.push({ kind: 'shrink', key: unit.key, contextTokens: smaller }); return; }
  const names = holders.map((holder) => state.units.get(holder)?.config.name ?? holder);
  scene.actions.push({ kind: 'refuse', key: unit.key, requestIds: unit.waiters.map(({ requestId }) => requestId), refusal: { kind: 'insufficient_vram', neededBytes, freeBytes, holders: names }, isFinal: true });
}
