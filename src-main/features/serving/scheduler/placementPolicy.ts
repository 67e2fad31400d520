import { LEAST_CONTEXT_TOKENS } from './timing.ts';
import type { MemoryPlan, MemoryStep } from './memoryPlan.ts';
import { assess, isBetter, listShort, RAM, sumOf, TIERS, toDemands, type Assessment, type Room, type RoomId, type Rooms, type Tier } from './roomPolicy.ts';
import type { MemoryPlace } from './schedulerPort.ts';
import type { Placement, Unit } from './schedulerState.ts';

/** One way to place a load, with what it takes. */
export interface Option { readonly placement: Placement; readonly assessment: Assessment }

export type PlacementDecision =
  | { readonly kind: 'place'; readonly option: Option }
  /** Room is made by unloading who is idle. */
  | { readonly kind: 'evict'; readonly option: Option }
  /** Room comes by itself: somebody goes, loads or is busy. */
  | { readonly kind: 'wait'; readonly option: Option }
  /** Somebody who is not ours has the memory. */
  | { readonly kind: 'blocked'; readonly shortage: Shortage }
  | { readonly kind: 'impossible'; readonly shortage: Shortage };

/** What is missing, and where. */
export interface Shortage { readonly place: MemoryPlace; readonly neededBytes: number; readonly freeBytes: number; readonly holders: readonly string[] }

type Wishes = Pick<Unit, 'config' | 'recovery'> & { readonly plan: MemoryPlan };

/**
 * Rule 5: pinned devices → the smallest single GPU that fits, with the fewest evictions and no display if there is a choice →
 * split over the fewest → partly on the CPU, if allowed. Decides only.
 */
export function choosePlacement(wishes: Wishes, rooms: Rooms): PlacementDecision {
  const classes = listClasses(wishes, rooms);
  const found = findIn(classes.whole('now', 'evict'), 'evict') ?? findIn(classes.whole('later'), 'later') ?? findIn(classes.partly, 'evict') ?? findIn(classes.partly, 'later');
  if (found !== null) return toDecision(found);
  const options = [...classes.whole('others'), ...classes.partly].flatMap((list) => list());
  const isBlocked = options.some(({ assessment }) => assessment.tier === 'others');
  return { kind: isBlocked ? 'blocked' : 'impossible', shortage: toShortage(options, wishes, rooms) };
}

/** Whether less context might make it fit. */
export function canShrink({ config, contextTokens }: { config: Unit['config']; contextTokens: number }): boolean {
  return config.contextTokens === null && contextTokens > LEAST_CONTEXT_TOKENS;
}

function toDecision(option: Option): PlacementDecision {
  const { tier, isBehindLoad } = option.assessment;
  if (tier === 'now' && !isBehindLoad) return { kind: 'place', option };
  if (tier === 'evict') return { kind: 'evict', option };
  return { kind: 'wait', option };
}

/** The first class with an option of at least this tier, and the best option in it; one that need not wait for another load if there is a choice. */
function findIn(classes: readonly OptionClass[], tier: Tier): Option | null {
  for (const list of classes) {
    const good = list().filter(({ assessment }) => !isBetter(tier, assessment.tier));
    const best = good.find(({ assessment }) => !assessment.isBehindLoad) ?? good[0];
    if (best !== undefined) return best;
  }
  return null;
}

/** Options of one kind, worked out when they are looked at for the first time. */
type OptionClass = () => readonly Option[];

/** `whole`: with splits by what can be had within these reaches. */
interface Classes { readonly whole: (...reaches: readonly Reach[]) => readonly OptionClass[]; readonly partly: readonly OptionClass[] }

/** What can be had of a device, by how far one is ready to go for it. */
const REACHES = {
  now: ({ freeBytes }: Room) => freeBytes,
  evict: reachableBytes,
  later: (room: Room) => reachableBytes(room) + sumOf(room.occupants, 'soon', 'busy', 'claim'),
  others: ({ capacityBytes, occupants }: Room) => capacityBytes - sumOf(occupants, 'pinned'),
};
type Reach = keyof typeof REACHES;

function once(list: OptionClass): OptionClass {
  let known: readonly Option[] | null = null;
  return () => (known ??= list());
}

function listClasses(wishes: Wishes, rooms: Rooms): Classes {
  const { config, plan } = wishes;
  const gpus = listAllowed(config, rooms);
  const top = findTop(config, plan);
  const floor = plan.steps[0];
  if (top === undefined || floor === undefined) return { whole: () => [], partly: [] };
  const scene: Scene = { ...wishes, rooms, reach: 'evict' };
  const inRam = once(() => [assessShares([], floor, scene)]);
  if (top.gpuBytes === 0 || (gpus.length === 0 && isAnywhere(config))) return { whole: () => [inRam], partly: [] };
  const singles = once(() => listSingles(gpus, top, scene));
  const mayMix = config.mayUseRam && config.gpuLayers === null && plan.layerCount > 0;
  return {
    whole: (...reaches) => [singles, ...listSplits(gpus, { ...scene, reach: reaches.at(-1) ?? 'evict' }).map((set) => once(() => listSplitOptions(set, top, { scene, reaches })))],
    partly: mayMix ? [once(() => listMixed(gpus, scene)), inRam] : [],
  };
}

function isAnywhere({ gpuIds }: Unit['config']): boolean {
  return gpuIds === null || gpuIds.length === 0;
}

/** In the order in which they are named, else of the devices themselves. */
function listAllowed(config: Unit['config'], rooms: Rooms): Room[] {
  const ids: readonly RoomId[] = isAnywhere(config) ? [...rooms.keys()] : [...new Set(config.gpuIds)];
  return ids.flatMap((id) => (id === RAM ? [] : rooms.get(id) ?? []));
}

/** The step with as many layers on GPUs as are wished for. */
function findTop({ gpuLayers: wished }: Unit['config'], { steps }: MemoryPlan): MemoryStep | undefined {
  return wished === null ? steps.at(-1) : steps.findLast(({ gpuLayers }) => gpuLayers <= wished);
}

type Scene = Wishes & { readonly rooms: Rooms; readonly reach: Reach };

function listSingles(gpus: readonly Room[], step: MemoryStep, scene: Scene): Option[] {
  return gpus.map((gpu) => ({ gpu, option: assessShares([gpu], step, scene) })).toSorted(compareSingles).map(({ option }) => option);
}

/** One set of devices, split by each reach that is enough at all. */
function listSplitOptions(set: readonly Room[], step: MemoryStep, { scene, reaches }: { scene: Scene; reaches: readonly Reach[] }): Option[] {
  const isEnough = (reach: Reach): boolean => set.reduce((sum, gpu) => sum + REACHES[reach](gpu), 0) >= step.gpuBytes;
  return reaches.filter(isEnough).map((reach) => assessShares(set, step, { ...scene, reach }));
}

/** The devices to split over, the fewest first, those with the most room in front. Ratios that are set are for all of theirs, in their own order. */
function listSplits(gpus: readonly Room[], scene: Scene): (readonly Room[])[] {
  if (scene.config.splitMode === 'none') return [];
  const reach = REACHES[scene.reach];
  const ratios = findRatios(scene);
  if (ratios !== null) {
    const all = gpus.filter(({ id }) => ratios.has(id));
    return all.length < 2 ? [] : [all];
  }
  const byRoom = gpus.toSorted((a, b) => Number(a.isDisplayAttached) - Number(b.isDisplayAttached) || reach(b) - reach(a));
  return byRoom.slice(1).map((_, n) => byRoom.slice(0, n + 2));
}

/** The ratio of each device: they are set in the order of the devices that are named, else of all. */
function findRatios({ config: { gpuIds, tensorSplit }, rooms }: Pick<Scene, 'config' | 'rooms'>): ReadonlyMap<RoomId, number> | null {
  if (tensorSplit === null) return null;
  const ids = gpuIds === null || gpuIds.length === 0 ? [...rooms.keys()].filter((id) => id !== RAM) : gpuIds;
  return new Map(ids.slice(0, tensorSplit.length).map((id, n) => [id, tensorSplit[n] ?? 0]));
}

/** The sooner the better, then the fewest evictions, no display, the smallest that fits. */
function compareSingles(a: { gpu: Room; option: Option }, b: { gpu: Room; option: Option }): number {
  const [left, right] = [a.option.assessment, b.option.assessment];
  if (left.tier !== right.tier) return isBetter(left.tier, right.tier) ? -1 : 1;
  return left.evict.length - right.evict.length || Number(a.gpu.isDisplayAttached) - Number(b.gpu.isDisplayAttached)
    || a.gpu.freeBytes - b.gpu.freeBytes || a.gpu.capacityBytes - b.gpu.capacityBytes || (a.gpu.id < b.gpu.id ? -1 : 1);
}

/** As many layers as fit on the GPU with the most room, or on all of them. */
function listMixed(gpus: readonly Room[], scene: Scene): Option[] {
  const most = gpus.toSorted((a, b) => reachableBytes(b) - reachableBytes(a)).slice(0, 1);
  if (most.length === 0) return [];
  const sets = [most, ...listSplits(gpus, scene).slice(-1)];
  const options = sets.flatMap((set) => {
    const steps = scene.plan.steps.slice(1, -1).toReversed();
    const found = steps.map((step) => assessShares(set, step, scene)).find(({ assessment }) => !isBetter('evict', assessment.tier));
    return found === undefined ? [] : [found];
  });
  return options.toSorted((a, b) => b.placement.gpuLayers - a.placement.gpuLayers);
}

function assessShares(gpus: readonly Room[], step: MemoryStep, scene: Scene): Option {
  const { plan, rooms, recovery } = scene;
  const placement: Placement = { shares: splitBytes(gpus, step.gpuBytes, scene), ramBytes: step.ramBytes, gpuLayers: step.gpuLayers, contextTokens: plan.contextTokens };
  return { placement, assessment: assess(toDemands(placement), rooms, { mustClear: recovery !== 'none' }) };
}

/** Bytes for each device: by the ratios that are set, else by the room that each has for more than its own overhead. */
function splitBytes(gpus: readonly Room[], gpuBytes: number, scene: Scene): Placement['shares'] {
  const ratios = findRatios(scene);
  const ownBytes = gpus.length === 1 ? 0 : Math.min(scene.plan.deviceOverheadBytes, gpuBytes);
  const weights = gpus.map((gpu) => (ratios === null || gpus.length === 1 ? Math.max(0, REACHES[scene.reach](gpu) - ownBytes) : ratios.get(gpu.id) ?? 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return gpus.flatMap(({ id }, n) => {
    const part = total === 0 ? 1 / gpus.length : (weights[n] ?? 0) / total;
    return id === RAM ? [] : [{ gpuId: id, bytes: Math.ceil(ownBytes + (gpuBytes - ownBytes) * part), part }];
  });
}

function reachableBytes({ freeBytes, freeingBytes, occupants }: Room): number {
  return freeBytes + freeingBytes + sumOf(occupants, 'evictable');
}

/** Of the options that come nearest to being possible. */
function toShortage(options: readonly Option[], { config, plan }: Wishes, rooms: Rooms): Shortage {
  const nearest = TIERS.find((tier) => options.some(({ assessment }) => assessment.tier === tier));
  const short = options.filter(({ assessment }) => assessment.tier === nearest).flatMap(({ placement }) => listShort(toDemands(placement), rooms));
  const inRam = short.find(({ id }) => id === RAM);
  if (inRam !== undefined && short.every(({ id }) => id === RAM)) return { place: 'ram', neededBytes: inRam.bytes, ...sumUp([...rooms.values()].filter(({ id }) => id === RAM)) };
  return { place: 'gpu', neededBytes: findTop(config, plan)?.gpuBytes ?? 0, ...sumUp(listAllowed(config, rooms)) };
}

function sumUp(places: readonly Room[]): Pick<Shortage, 'freeBytes' | 'holders'> {
  const ordered = places.toSorted((a, b) => b.freeBytes - a.freeBytes);
  return { freeBytes: ordered[0]?.freeBytes ?? 0, holders: [...new Set(ordered.flatMap(({ holders, occupants }) => [...holders, ...occupants.map(({ key }) => key)]))] };
}
