import { LEAST_CONTEXT_TOKENS } from './timing.ts';
import type { MemoryPlan, MemoryStep } from './memoryPlan.ts';
import { assess, isBetter, RAM, sumOf, toDemands, type Assessment, type Room, type Rooms, type Tier } from './roomPolicy.ts';
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

export interface Shortage { readonly neededBytes: number; readonly freeBytes: number; readonly holders: readonly string[] }

type Wishes = Pick<Unit, 'config' | 'recovery'> & { readonly plan: MemoryPlan };

/**
 * Rule 5: pinned devices → the smallest single GPU that fits, with the fewest evictions and no display if there is a choice →
 * split over the fewest → partly on the CPU, if allowed. Decides only.
 */
export function choosePlacement(wishes: Wishes, rooms: Rooms): PlacementDecision {
  const classes = listClasses(wishes, rooms);
  const found = findIn(classes.whole, 'evict') ?? findIn(classes.whole, 'later') ?? findIn(classes.partly, 'evict') ?? findIn(classes.partly, 'later');
  if (found !== null) return toDecision(found);
  const options = [...classes.whole, ...classes.partly].flatMap((list) => list());
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

interface Classes { readonly whole: readonly OptionClass[]; readonly partly: readonly OptionClass[] }

function once(list: OptionClass): OptionClass {
  let known: readonly Option[] | null = null;
  return () => (known ??= list());
}

function listClasses(wishes: Wishes, rooms: Rooms): Classes {
  const { config, plan } = wishes;
  const gpus = listAllowed(config, rooms);
  const top = findTop(config, plan);
  const floor = plan.steps[0];
  if (top === undefined || floor === undefined) return { whole: [], partly: [] };
  const inRam = once(() => [assessShares([], floor, { ...wishes, rooms })]);
  if (top.gpuBytes === 0 || (gpus.length === 0 && isAnywhere(config))) return { whole: [inRam], partly: [] };
  const whole = listWhole(gpus, top, { ...wishes, rooms });
  const mayMix = config.mayUseRam && config.gpuLayers === null && plan.layerCount > 0;
  return { whole, partly: mayMix ? [once(() => listMixed(gpus, { ...wishes, rooms })), inRam] : [] };
}

function isAnywhere({ gpuIds }: Unit['config']): boolean {
  return gpuIds === null || gpuIds.length === 0;
}

function listAllowed(config: Unit['config'], rooms: Rooms): Room[] {
  const wanted = new Set<string>(config.gpuIds ?? []);
  return [...rooms.values()].filter(({ id }) => id !== RAM && (isAnywhere(config) || wanted.has(id)));
}

/** The step with as many layers on GPUs as are wished for. */
function findTop({ gpuLayers: wished }: Unit['config'], { steps }: MemoryPlan): MemoryStep | undefined {
  return wished === null ? steps.at(-1) : steps.findLast(({ gpuLayers }) => gpuLayers <= wished);
}

type Scene = Wishes & { readonly rooms: Rooms };

function listWhole(gpus: readonly Room[], step: MemoryStep, scene: Scene): OptionClass[] {
  const singles = once(() => gpus.map((gpu) => ({ gpu, option: assessShares([gpu], step, scene) })).toSorted(compareSingles).map(({ option }) => option));
  if (scene.config.splitMode === 'none') return [singles];
  const byRoom = gpus.toSorted((a, b) => Number(a.isDisplayAttached) - Number(b.isDisplayAttached) || reachableBytes(b) - reachableBytes(a));
  const splits = gpus.length < 2 ? [] : gpus.slice(1).map((_, n) => once(() => [assessShares(byRoom.slice(0, n + 2), step, scene)]));
  return [singles, ...splits];
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
  const byRoom = gpus.toSorted((a, b) => reachableBytes(b) - reachableBytes(a));
  const sets = scene.config.splitMode === 'none' || gpus.length < 2 ? [byRoom.slice(0, 1)] : [byRoom.slice(0, 1), byRoom];
  const options = sets.flatMap((set) => {
    const steps = scene.plan.steps.slice(1, -1).toReversed();
    const found = steps.map((step) => assessShares(set, step, scene)).find(({ assessment }) => !isBetter('evict', assessment.tier));
    return found === undefined ? [] : [found];
  });
  return options.toSorted((a, b) => b.placement.gpuLayers - a.placement.gpuLayers);
}

function assessShares(gpus: readonly Room[], step: MemoryStep, { plan, config, rooms, recovery }: Scene): Option {
  const placement: Placement = { shares: gpus.length === 0 ? [] : splitBytes(gpus, step.gpuBytes, { overheadBytes: plan.deviceOverheadBytes, ratios: config.tensorSplit }), ramBytes: step.ramBytes, gpuLayers: step.gpuLayers, contextTokens: plan.contextTokens };
  return { placement, assessment: assess(toDemands(placement), rooms, { mustClear: recovery !== 'none' }) };
}

/** Bytes for each device: by the ratios that are set, else by the room that each has. */
function splitBytes(gpus: readonly Room[], gpuBytes: number, { overheadBytes, ratios }: { overheadBytes: number; ratios: readonly number[] | null }): Placement['shares'] {
  const weights = gpus.map((gpu, n) => (ratios === null ? reachableBytes(gpu) : ratios[n] ?? 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const ownBytes = gpus.length === 1 ? 0 : Math.min(overheadBytes, gpuBytes);
  return gpus.flatMap(({ id }, n) => (id === RAM ? [] : [{ gpuId: id, bytes: Math.ceil(ownBytes + (gpuBytes - ownBytes) * (total === 0 ? 1 / gpus.length : (weights[n] ?? 0) / total)) }]));
}

function reachableBytes({ freeBytes, freeingBytes, occupants }: Room): number {
  return freeBytes + freeingBytes + sumOf(occupants, 'evictable');
}

function toShortage(options: readonly Option[], { plan }: Wishes, rooms: Rooms): Shortage {
  const isOnGpu = options.some(({ placement }) => placement.shares.length > 0);
  const nearest = [...rooms.values()].filter(({ id }) => (id === RAM) !== isOnGpu).toSorted((a, b) => b.freeBytes - a.freeBytes);
  const top = plan.steps.at(-1);
  return {
    neededBytes: (isOnGpu ? top?.gpuBytes : options[0]?.placement.ramBytes) ?? top?.gpuBytes ?? 0,
    freeBytes: nearest[0]?.freeBytes ?? 0,
    holders: [...new Set(nearest.flatMap(({ holders, occupants }) => [...holders, ...occupants.map(({ key }) => key)]))],
  };
}
