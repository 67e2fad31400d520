import type { MemoryNeed } from '#contract/fits.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import type { GgufEstimate } from '../../../platform/llama/estimateProtocol.ts';
import type { GgufEstimator } from '../../../platform/llama/ggufEstimator.ts';
import { NO_NEED, toNeed, type EstimateQuestion, type LayerTable, type MemoryEstimate, type MemoryEstimator } from './memoryEstimator.ts';
import { CUDA_CONTEXT_BYTES, PROCESS_BYTES } from './shapeEstimate.ts';

export interface InsightsEstimatorDeps {
  readonly insights: Pick<GgufEstimator, 'estimate' | 'stop'>;
  /** Answers for what is no GGUF, and where the better answer fails or is late. */
  readonly fallback: MemoryEstimator;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Null: it could not be told; asked again after `askAgainAtMs`. */
interface Known { readonly answer: Promise<LayerTable | null>; askAgainAtMs: number }

const KEPT_TABLES = 500;
const ASK_AGAIN_MS = 60_000;

/** Estimates as llama.cpp itself lays a model out, in a process of its own. One question at a time, and no question twice. */
export class InsightsEstimator implements MemoryEstimator {
  readonly #deps: InsightsEstimatorDeps;
  readonly #known = new Map<string, Known>();
  #queue: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(deps: InsightsEstimatorDeps) {
    this.#deps = deps;
  }

  async estimate(question: EstimateQuestion, { withinMs }: { withinMs?: number | undefined } = {}): Promise<LayerTable> {
    const table = question.format === 'gguf' ? await this.#within(this.#ask(question), withinMs) : null;
    return table ?? this.#deps.fallback.estimate(question);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#deps.insights.stop();
    await this.#queue;
  }

  #ask(question: EstimateQuestion): Promise<LayerTable | null> {
    const { clock } = this.#deps;
    const key = JSON.stringify(question);
    const known = this.#known.get(key);
    if (known !== undefined && clock.monotonicMs() < known.askAgainAtMs) return known.answer;
    const answer = this.#queue.then(() => this.#read(question));
    this.#queue = answer;
    const asked: Known = { answer: answer.then((table) => { if (table === null) asked.askAgainAtMs = clock.monotonicMs() + ASK_AGAIN_MS; return table; }), askAgainAtMs: Number.POSITIVE_INFINITY };
    this.#known.set(key, asked);
    const oldest = this.#known.keys().next();
    if (this.#known.size > KEPT_TABLES && oldest.done !== true) this.#known.delete(oldest.value);
    return asked.answer;
  }

  async #read(question: EstimateQuestion): Promise<LayerTable | null> {
    const { insights, log } = this.#deps;
    const { paths: [path], sizeBytes, format, ...shape } = question;
    if (this.#isStopped || path === undefined) return null;
    try {
      return toLayerTable(await insights.estimate({ path, ...shape }));
    } catch (error) {
      log.info('fit.insights_failed', { path, sizeBytes, format, error });
      return null;
    }
  }

  /** Null when it is late. */
  #within(answer: Promise<LayerTable | null>, withinMs: number | undefined): Promise<LayerTable | null> {
    if (withinMs === undefined) return answer;
    const late = Promise.withResolvers<null>();
    const cancel = this.#deps.clock.after(withinMs, () => { late.resolve(null); });
    return Promise.race([answer, late.promise]).finally(cancel);
  }
}

function toLayerTable({ steps, layerCount }: GgufEstimate): LayerTable {
  const byLayers = new Map(steps.map((step) => [step.gpuLayers, toEstimate(step, layerCount)]));
  const whole = byLayers.get(layerCount) ?? toEstimate(undefined, layerCount);
  return { layerCount, at: (gpuLayers) => byLayers.get(gpuLayers) ?? whole };
}

function toEstimate(step: GgufEstimate['steps'][number] | undefined, layerCount: number): MemoryEstimate {
  const side = (name: 'gpu' | 'cpu', overheadBytes: number): MemoryNeed => toNeed({
    weightsBytes: Math.round(step?.weightsBytes[name] ?? 0), kvBytes: Math.round(step?.kvBytes[name] ?? 0), computeBytes: Math.round(step?.computeBytes[name] ?? 0), overheadBytes,
  });
  const gpuLayers = step?.gpuLayers ?? layerCount;
  return { gpu: gpuLayers > 0 ? side('gpu', CUDA_CONTEXT_BYTES) : NO_NEED, ram: side('cpu', PROCESS_BYTES), gpuLayers, layerCount, source: 'insights' };
}
