import { AppError } from '#contract/errors.ts';
import type { Fit, FitAdvice, LoadShape, MemoryNeed } from '#contract/fits.ts';
import type { LeaseAnswer, LeasedDevice } from '#contract/leases.ts';
import type { ModelVersion } from '#contract/models.ts';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { Clock } from '../../../base/clock.ts';
import { HeaderError } from '../../../platform/modelFiles/headerError.ts';
import { decideCorrection } from './correctionPolicy.ts';
import type { CorrectionRepository } from './correctionRepository.ts';
import { decideVerdict, findMostLayers, hasRoom, toMissingBytes, type MemoryRoom } from './fitPolicy.ts';
import { toNeed, type EstimateQuestion, type LayerTable, type MemoryEstimate, type MemoryEstimator } from './memoryEstimator.ts';

/** The ledger, as far as an estimate needs it. */
export interface FitLedger {
  ledger(): { devices: readonly LeasedDevice[] };
  check(asked: { bytes: number }): Promise<LeaseAnswer>;
}

export interface FitServiceDeps {
  readonly estimator: MemoryEstimator;
  readonly ledger: FitLedger;
  readonly corrections: CorrectionRepository;
  readonly readRam: () => { availableBytes: number; totalBytes: number };
  readonly listPaths: (version: ModelVersion) => readonly string[];
  readonly clock: Clock;
  readonly isReadOnly: boolean;
}

/** How it is to be loaded. */
export type LoadQuestion = Omit<EstimateQuestion, 'paths' | 'sizeBytes' | 'format' | 'isEmbedding'>;

/** What is asked about: a version of this machine, or only its header elsewhere. */
export interface FitSubject { readonly contextTokens: number | null; readonly bitsPerWeight: number | null; readonly estimate: (question: LoadQuestion) => Promise<LayerTable>; readonly correction: number; readonly measuredCount: number }

export interface LoadPlan { readonly steps: LoadStep[]; readonly layerCount: number; readonly contextTokens: number; readonly deviceOverheadBytes: number; readonly estimated: LayerTable }

/** What one load takes with so many layers on GPUs. */
export interface LoadStep { readonly gpuLayers: number; readonly gpuBytes: number; readonly ramBytes: number }

const DEFAULT_CONTEXT_TOKENS = 8_192;
const LEAST_CONTEXT_TOKENS = 2_048;
/** A load waits so long for the better estimate. */
const PLAN_WITHIN_MS = 1_500;
const ALL_LAYERS = 1_000_000;
/** Bits of a weight in the quantisation that is advised. */
const SMALL = { quantisation: 'Q4_K_M', bitsPerWeight: 4.85 };

/** Says whether a model fits now, by its header, the ledger, and what earlier loads took. */
export class FitService {
  readonly #deps: FitServiceDeps;

  constructor(deps: FitServiceDeps) {
    this.#deps = deps;
  }

  /** @throws model.unreadable */
  async estimate(version: ModelVersion, load: LoadShape, { engine = null }: { engine?: string | null } = {}): Promise<Fit> {
    return this.estimateSubject(this.#toSubject(version, engine), load);
  }

  /** The same for anything that can be estimated. @throws model.unreadable */
  async estimateSubject(subject: FitSubject, load: LoadShape): Promise<Fit> {
    const devices = this.#listDevices(load);
    const ram = this.#deps.readRam();
    const room: MemoryRoom = { deviceFreeBytes: devices.map(({ freeBytes }) => freeBytes), freeRamBytes: ram.availableBytes };
    const ask = this.#asker(subject, load);
    const best = await chooseEstimate(ask, load, room);
    const verdict = decideVerdict(best.estimate, room);
    const advice = verdict === 'fits' ? [] : await this.#advise({ subject, load, room, whole: best.whole, chosen: best.estimate });
    const { gpu, ram: need, gpuLayers, layerCount, source } = best.estimate;
    return {
      verdict, gpu, ram: need, gpuLayers, layerCount, contextTokens: toContext(subject, load), maxContextTokens: subject.contextTokens,
      devices: devices.map(({ gpuId, index, name, totalBytes, freeBytes }) => ({ gpuId, index, name, totalBytes, freeBytes })),
      freeRamBytes: ram.availableBytes, totalRamBytes: ram.totalBytes, advice, correction: subject.correction, measuredCount: subject.measuredCount, source,
    };
  }

  /**
   * What a load takes for every number of layers on GPUs, from none to all. `estimated` is the same before corrections;
   * `projectorBytes` counts in place of the version's own projector.
   * @throws model.unreadable
   */
  async planLoad(version: ModelVersion, load: LoadShape, { engine = null, projectorBytes = null }: { engine?: string | null; projectorBytes?: number | null } = {}): Promise<LoadPlan> {
    const subject = this.#toSubject(version, engine, { withinMs: PLAN_WITHIN_MS, projectorBytes: projectorBytes ?? sumProjectors(version) });
    const estimated = await readTable(subject, toQuestion(subject, load));
    const { layerCount } = estimated;
    const steps = Array.from({ length: layerCount + 1 }, (_, gpuLayers) => toStep(correct(estimated.at(gpuLayers), subject.correction), gpuLayers));
    const { gpu } = correct(estimated.at(layerCount), subject.correction);
    return { steps, layerCount, contextTokens: toContext(subject, load), deviceOverheadBytes: gpu.overheadBytes + gpu.computeBytes, estimated };
  }

  /** Keeps what a load really took: estimates of that version are corrected by it. Weights, cache and compute buffers, as estimated before any correction and as the engine then named them. */
  recordMeasurement({ versionId, engine, estimatedBytes, measuredBytes }: { versionId: ModelVersionId; engine: string; estimatedBytes: number; measuredBytes: number }): void {
    const { corrections, clock, isReadOnly } = this.#deps;
    if (!isReadOnly && estimatedBytes > 0 && measuredBytes > 0) corrections.add({ versionId, engine, estimatedBytes, measuredBytes, atMs: clock.nowMs() });
  }

  getCorrection(versionId: ModelVersionId, engine: string | null = null): { correction: number; measuredCount: number } {
    const measured = this.#deps.corrections.list(versionId, engine);
    return { correction: decideCorrection(measured), measuredCount: measured.length };
  }

  #toSubject(version: ModelVersion, engine: string | null, { withinMs, projectorBytes = sumProjectors(version) }: { withinMs?: number; projectorBytes?: number } = {}): FitSubject {
    const paths = this.#deps.listPaths(version);
    if (version.path === null || paths.length === 0) throw new AppError('model.unreadable', 'its files are gone', { path: version.folder, reason: 'missing' });
    const isEmbedding = version.capabilities.includes('embeddings') || version.capabilities.includes('rerank');
    return {
      contextTokens: version.contextTokens, bitsPerWeight: version.bitsPerWeight, ...this.getCorrection(version.id, engine),
      estimate: async (question) => withProjector(await this.#deps.estimator.estimate({ ...question, paths, sizeBytes: version.sizeBytes, format: version.format, isEmbedding }, { withinMs }), projectorBytes),
    };
  }

  #asker(subject: FitSubject, load: LoadShape): Ask {
    return async (gpuLayers, change = {}) => correct((await readTable(subject, { ...toQuestion(subject, load), ...change })).at(gpuLayers), subject.correction);
  }

  #listDevices({ gpuIds }: LoadShape): LeasedDevice[] {
    return this.#deps.ledger.ledger().devices.filter(({ gpuId, isLost, exclusiveLeaseId }) => !isLost && exclusiveLeaseId === null && (gpuIds === null || gpuIds.includes(gpuId)));
  }

  /** What would make the whole of it fit, the gentlest first. */
  async #advise({ subject, load, room, whole, chosen }: { subject: FitSubject; load: LoadShape; room: MemoryRoom; whole: MemoryEstimate; chosen: MemoryEstimate }): Promise<FitAdvice[]> {
    const ask = this.#asker(subject, load);
    const advice = await adviseContext(toContext(subject, load), async (contextTokens) => hasRoom(await ask(whole.gpuLayers, { contextTokens }), room));
    const isWide = load.kvTypeK === 'f16' || load.kvTypeK === 'bf16' || load.kvTypeK === 'f32';
    if (isWide && hasRoom(await ask(whole.gpuLayers, { kvTypeK: 'q8_0', kvTypeV: 'q8_0' }), room)) advice.push({ kind: 'kv_type', kvType: 'q8_0' });
    if (chosen.gpuLayers < whole.gpuLayers && hasRoom(chosen, room)) advice.push({ kind: 'layers', gpuLayers: chosen.gpuLayers });
    const share = SMALL.bitsPerWeight / (subject.bitsPerWeight ?? SMALL.bitsPerWeight);
    if (share < 0.8 && hasRoom(shrink(whole, share), room)) advice.push({ kind: 'quantisation', quantisation: SMALL.quantisation });
    return [...advice, ...await this.#adviseStops(whole), ...toMissing(whole, room)];
  }

  async #adviseStops({ gpu }: MemoryEstimate): Promise<FitAdvice[]> {
    if (gpu.totalBytes === 0) return [];
    const answer = await this.#deps.ledger.check({ bytes: gpu.totalBytes });
    return answer.kind === 'fits' ? [] : answer.refusal.couldStop.map(({ holder, freesBytes }) => ({ kind: 'stop', holder, freesBytes }));
  }
}

type Ask = (gpuLayers: number, change?: Partial<Pick<LoadQuestion, 'contextTokens' | 'kvTypeK' | 'kvTypeV'>>) => Promise<MemoryEstimate>;

/** The way to load that is judged: as asked, else with as many layers on GPUs as fit. `whole` is with all of them. */
async function chooseEstimate(ask: Ask, { gpuLayers }: LoadShape, room: MemoryRoom): Promise<{ estimate: MemoryEstimate; whole: MemoryEstimate }> {
  const whole = await ask(room.deviceFreeBytes.length === 0 ? 0 : gpuLayers ?? ALL_LAYERS);
  if (gpuLayers !== null || room.deviceFreeBytes.length === 0) return { estimate: whole, whole };
  const most = await findMostLayers(whole.layerCount, async (count) => hasRoom(await ask(count), room));
  return { estimate: await ask(most ?? 0), whole };
}

/** The largest smaller context, by halves, with which there is room. */
async function adviseContext(present: number, isRoom: (contextTokens: number) => Promise<boolean>): Promise<FitAdvice[]> {
  for (let contextTokens = floorToPower(present - 1); contextTokens >= LEAST_CONTEXT_TOKENS; contextTokens /= 2) {
    if (await isRoom(contextTokens)) return [{ kind: 'context', contextTokens }];
  }
  return [];
}

function toContext({ contextTokens }: FitSubject, load: LoadShape): number {
  return load.contextTokens ?? Math.min(contextTokens ?? DEFAULT_CONTEXT_TOKENS, DEFAULT_CONTEXT_TOKENS);
}

function toQuestion(subject: FitSubject, load: LoadShape): LoadQuestion {
  const { slots, kvTypeK, kvTypeV, batchTokens, flashAttention } = load;
  return { contextTokens: toContext(subject, load), slots, kvTypeK, kvTypeV, batchTokens, flashAttention };
}

/** @throws model.unreadable */
async function readTable(subject: FitSubject, question: LoadQuestion): Promise<LayerTable> {
  try {
    return await subject.estimate(question);
  } catch (error) {
    if (!(error instanceof HeaderError)) throw error;
    throw new AppError('model.unreadable', 'the header cannot be read', { path: '', reason: error.message }, { cause: error });
  }
}

function sumProjectors({ files, kind }: ModelVersion): number {
  return files.reduce((sum, { role, sizeBytes }) => sum + (role === 'mmproj' && kind === 'model' ? sizeBytes : 0), 0);
}

/** A projector lies beside the weights, where the output is; no engine counts it among its buffers. */
function withProjector(table: LayerTable, bytes: number): LayerTable {
  if (bytes === 0) return table;
  const more = (need: MemoryNeed): MemoryNeed => toNeed({ ...need, overheadBytes: need.overheadBytes + bytes });
  return {
    ...table,
    at: (gpuLayers) => {
      const estimate = table.at(gpuLayers);
      return estimate.gpuLayers > 0 ? { ...estimate, gpu: more(estimate.gpu) } : { ...estimate, ram: more(estimate.ram) };
    },
  };
}

function correct(estimate: MemoryEstimate, factor: number): MemoryEstimate {
  return factor === 1 ? estimate : { ...estimate, gpu: scale(estimate.gpu, factor), ram: scale(estimate.ram, factor) };
}

/** What a process takes for itself is not measured. */
function scale({ weightsBytes, kvBytes, computeBytes, overheadBytes }: MemoryNeed, factor: number): MemoryNeed {
  const by = (bytes: number): number => Math.round(bytes * factor);
  return toNeed({ weightsBytes: by(weightsBytes), kvBytes: by(kvBytes), computeBytes: by(computeBytes), overheadBytes });
}

function shrink(estimate: MemoryEstimate, share: number): MemoryEstimate {
  const smaller = (need: MemoryNeed): MemoryNeed => toNeed({ ...need, weightsBytes: Math.round(need.weightsBytes * share) });
  return { ...estimate, gpu: smaller(estimate.gpu), ram: smaller(estimate.ram) };
}

function toMissing(estimate: MemoryEstimate, room: MemoryRoom): FitAdvice[] {
  const missingBytes = toMissingBytes(estimate, room);
  return missingBytes > 0 ? [{ kind: 'memory', missingBytes }] : [];
}

function floorToPower(value: number): number {
  return value < 1 ? 0 : 2 ** Math.floor(Math.log2(value));
}

function toStep({ gpu, ram }: MemoryEstimate, gpuLayers: number): LoadStep {
  return { gpuLayers, gpuBytes: gpu.totalBytes, ramBytes: ram.totalBytes };
}
