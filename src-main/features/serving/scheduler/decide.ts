import type { WaitReason } from '#contract/serving.ts';
import { toUnloadAtMs, isStalled } from './idlePolicy.ts';
import { canShrink, choosePlacement, type Option, type PlacementDecision, type Shortage } from './placementPolicy.ts';
import { findNext, orderUnits, waitingSinceMs } from './queuePolicy.ts';
import { claim, openRooms, toDemands, type Rooms } from './roomPolicy.ts';
import type { SlotRefusal } from './schedulerPort.ts';
import { isServing, type Placement, type SchedulerFacts, type SchedulerState, type Unit, type UnloadCause, type Waiter } from './schedulerState.ts';
import { toSmallerContext } from './failurePolicy.ts';
import { TIMING } from './timing.ts';

/** One thing to do now. `queue`: a model is wanted and gets into the queue; `forget`: nobody wants it any more. */
export type Action =
  | { readonly kind: 'grant'; readonly key: string; readonly requestId: string }
  | { readonly kind: 'queue'; readonly key: string }
  | { readonly kind: 'forget'; readonly key: string }
  | { readonly kind: 'plan'; readonly key: string }
  | { readonly kind: 'shrink'; readonly key: string; readonly contextTokens: number }
  | { readonly kind: 'load'; readonly key: string; readonly placement: Placement }
  | { readonly kind: 'drain'; readonly key: string; readonly cause: UnloadCause }
  | { readonly kind: 'unload'; readonly key: string; readonly cause: UnloadCause }
  | { readonly kind: 'stall'; readonly key: string }
  | { readonly kind: 'refuse'; readonly key: string; readonly requestIds: readonly string[]; readonly refusal: SlotRefusal; readonly isFinal: boolean };

/** What is to be done, why the rest waits, and when to look again if nothing happens before. */
export interface Decision {
  readonly actions: readonly Action[];
  readonly waits: ReadonlyMap<string, WaitReason>;
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
  return { actions: scene.actions, waits: scene.waits, wakeAtMs: scene.wakeAtMs };
}

/** What is gathered while deciding. */
class Scene {
  readonly actions: Action[] = [];
  readonly waits = new Map<string, WaitReason>();
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

function decideUnloaded(unit: Unit, { actions }: Scene): void {
  if (unit.waiters.length > 0) actions.push({ kind: 'queue', key: unit.key });
}

function decideQueued(unit: Unit, { actions }: Scene): void {
  if (unit.waiters.length === 0) actions.push({ kind: 'forget', key: unit.key });
  else if (unit.plan.kind === 'none') actions.push({ kind: 'plan', key: unit.key });
}

function decideLoading(unit: Unit, { progress, signAtMs }: Extract<Unit['phase'], { kind: 'loading' }>, scene: Scene): void {
  if (isStalled(unit, scene.nowMs)) scene.actions.push({ kind: 'stall', key: unit.key });
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
  return phase.kind === 'draining' ? waiters.filter(({ serial, wants }) => serial <= phase.lastSerial && wants === 'slot') : waiters;
}

function decideFailed(unit: Unit, { retryAtMs, failure, detail }: Extract<Unit['phase'], { kind: 'failed' }>, scene: Scene): void {
  if (unit.waiters.length === 0) return;
  const leftMs = retryAtMs - scene.nowMs;
  if (leftMs <= 0) scene.actions.push({ kind: 'queue', key: unit.key });
  else if (leftMs > TIMING.fairnessMs) scene.actions.push({ kind: 'refuse', key: unit.key, requestIds: unit.waiters.map(({ requestId }) => requestId), refusal: { kind: 'load_failed', failure, detail, retryAfterMs: leftMs }, isFinal: false });
  else { scene.waits.set(unit.key, { kind: 'backoff', retryAtMs }); scene.wakeAt(retryAtMs); }
}

/** Rule 7 and 8: one after the other in their order; who must wait keeps its claim on the room that it waits for. */
function decideQueue(state: SchedulerState, facts: SchedulerFacts, scene: Scene): void {
  const queued = [...state.units.values()].filter(({ phase, plan }) => phase.kind === 'queued' && plan.kind === 'known');
  if (queued.length === 0) return;
  let rooms = openRooms(state, facts, scene.nowMs);
  let ahead: Unit | null = null;
  for (const unit of orderUnits(queued, scene.nowMs)) {
    if (unit.plan.kind !== 'known') continue;
    if (unit.notBeforeMs > scene.nowMs) { refuseImpatient(unit, null, scene); scene.wakeAt(unit.notBeforeMs); continue; }
    const decision = choosePlacement({ config: unit.config, recovery: unit.recovery, plan: unit.plan.plan }, rooms);
    rooms = decidePlaced(unit, decision, { state, scene, rooms, ahead });
    if (decision.kind === 'wait' || decision.kind === 'evict') ahead ??= unit;
  }
}

interface QueueScene { readonly state: SchedulerState; readonly scene: Scene; readonly rooms: Rooms; readonly ahead: Unit | null }

function decidePlaced(unit: Unit, decision: PlacementDecision, { state, scene, rooms, ahead }: QueueScene): Rooms {
  switch (decision.kind) {
    case 'place': scene.actions.push({ kind: 'load', key: unit.key, placement: decision.option.placement }); break;
    case 'evict': scene.actions.push(...decision.option.assessment.evict.map((key) => ({ kind: 'unload' as const, key, cause: 'evicted' as const }))); break;
    case 'wait': waitFor(unit, decision.option, { state, scene, rooms, ahead }); break;
    case 'blocked': refuseImpatient(unit, decision.shortage, scene); return rooms;
    case 'impossible': refuseImpossible(unit, decision.shortage, { state, scene }); return rooms;
  }
  return claim(toDemands(decision.option.placement), rooms, decision.option.assessment);
}

/** Rule 6 and 7: after a while the busy ones in the way get no new requests, and so come to an end. */
function waitFor(unit: Unit, { assessment, placement }: Option, { state, scene, rooms, ahead }: QueueScene): void {
  const fairAtMs = (waitingSinceMs(unit) ?? scene.nowMs) + TIMING.fairnessMs;
  if (assessment.busy.length > 0 && fairAtMs <= scene.nowMs) scene.actions.push(...assessment.busy.map((key) => ({ kind: 'drain' as const, key, cause: 'evicted' as const })));
  scene.wakeAt(fairAtMs);
  for (const wakeAtMs of listMatureAtMs(state, rooms, placement)) scene.wakeAt(wakeAtMs);
  scene.waits.set(unit.key, toWaitReason(unit, assessment.busy, { state, ahead, placement }));
}

/** When those who were loaded just now may be evicted. */
function listMatureAtMs({ units }: SchedulerState, rooms: Rooms, placement: Placement): number[] {
  const keys = toDemands(placement).flatMap(({ id }) => rooms.get(id)?.occupants.map(({ key }) => key) ?? []);
  return keys.flatMap((key) => { const phase = units.get(key)?.phase; return phase?.kind === 'ready' ? [phase.residentSinceMs + TIMING.minResidentMs] : []; });
}

function toWaitReason(unit: Unit, busy: readonly string[], { state, ahead, placement }: Pick<QueueScene, 'state' | 'ahead'> & { placement: Placement }): WaitReason {
  const nameOf = (key: string | undefined): string | null => (key === undefined ? null : state.units.get(key)?.config.name ?? null);
  const places = new Set<string>(toDemands(placement).map(({ id }) => id));
  const going = [...state.units.values()].find(({ key, phase }) => key !== unit.key && (phase.kind === 'draining' || phase.kind === 'unloading') && toDemands(phase.placement).some(({ id }) => places.has(id)));
  const inTheWay = going?.config.name ?? nameOf(busy[0]);
  if (inTheWay !== null) return { kind: 'draining', model: inTheWay };
  return ahead === null ? { kind: 'memory', refusal: unit.refusal } : { kind: 'fairness', model: ahead.config.name };
}

/** Others' memory is waited for a while, in case that they give it back; each request for its own time. */
function refuseImpatient(unit: Unit, _shortage: Shortage | null, scene: Scene): void {
  const impatient = unit.waiters.filter(({ sinceMs }) => scene.nowMs - sinceMs >= TIMING.fairnessMs);
  if (impatient.length > 0) scene.actions.push({ kind: 'refuse', key: unit.key, requestIds: impatient.map(({ requestId }) => requestId), refusal: { kind: 'gpu_busy', retryAfterMs: TIMING.fairnessMs }, isFinal: false });
  for (const { sinceMs } of unit.waiters) scene.wakeAt(sinceMs + TIMING.fairnessMs);
  scene.waits.set(unit.key, { kind: 'memory', refusal: unit.refusal });
}

function refuseImpossible(unit: Unit, { neededBytes, freeBytes, holders }: Shortage, { state, scene }: Pick<QueueScene, 'state' | 'scene'>): void {
  const contextTokens = unit.plan.kind === 'known' ? unit.plan.plan.contextTokens : 0;
  const smaller = canShrink({ config: unit.config, contextTokens }) ? toSmallerContext(contextTokens) : null;
  if (smaller !== null) { scene.actions.push({ kind: 'shrink', key: unit.key, contextTokens: smaller }); return; }
  const names = holders.map((holder) => state.units.get(holder)?.config.name ?? holder);
  scene.actions.push({ kind: 'refuse', key: unit.key, requestIds: unit.waiters.map(({ requestId }) => requestId), refusal: { kind: 'insufficient_vram', neededBytes, freeBytes, holders: names }, isFinal: true });
}
