import { MemoryLog } from '../../../src-main/platform/llama/memoryLog.ts';
import type { BenchRow } from '../benchRow.ts';
import { MODEL_KINDS, type ModelKind } from './support/benchModels.ts';
import { toText } from './support/figures.ts';
import { inLab, listEngines, type LocalEngine, type ServingLab } from './support/servingLab.ts';

const SLOTS = 4;
/** Per slot: a small load and a larger one. */
const CONTEXT_TOKENS: Record<ModelKind, number> = { demo: 1_024, larger: 4_096 };
const MIB = 1024 * 1024;

/** Weights, cache and buffers as estimated for a first load, before anything was learnt, over what llama.cpp then says that it holds. */
export async function benchMemoryEstimate(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const engine of listEngines()) {
    for (const model of MODEL_KINDS) rows.push(await inLab((lab) => measure(lab, { engine, model, contextTokens: CONTEXT_TOKENS[model] })));
  }
  return rows;
}

async function measure(lab: ServingLab, { engine, model, contextTokens }: { engine: LocalEngine; model: ModelKind; contextTokens: number }): Promise<BenchRow> {
  await lab.serve('measured', model, { engine, contextTokens, slots: SLOTS });
  const { client } = lab.backend;
  const { versionId } = await lab.readModel('measured');
  const { ram, source } = await client.fits.estimate({ model: versionId ?? '', load: { contextTokens, slots: SLOTS, gpuLayers: 0 } });
  const estimatedBytes = ram.weightsBytes + ram.kvBytes + ram.computeBytes;
  const { ramBytes, measuredBytes } = await lab.load('measured');
  const namedBytes = await readNamedBytes(lab);
  const [estimated, named, booked, resident] = [estimatedBytes, namedBytes, ramBytes, measuredBytes ?? 0].map((bytes) => toText(bytes / MIB));
  return toEstimateRow(`${engine}, ${model}, ${SLOTS} × ${contextTokens} tokens`, estimatedBytes / namedBytes, `${source}: ${estimated ?? ''} MiB, llama.cpp ${named ?? ''} MiB; whole process booked ${booked ?? ''} MiB, resident ${resident ?? ''} MiB`);
}

/** What llama.cpp's own log names of weights, cache and buffers. */
async function readNamedBytes({ backend }: ServingLab): Promise<number> {
  const log = new MemoryLog();
  for (const line of (await backend.client.serving.log({ model: 'measured' })).lines) log.take(line);
  const { weightsBytes, kvBytes, computeBytes } = log.read().ram;
  return weightsBytes + kvBytes + computeBytes;
}

function toEstimateRow(label: string, ratio: number, detail: string): BenchRow {
  const isWithin = (from: number, to: number): boolean => ratio >= from && ratio <= to;
  return {
    name: `9 estimate ÷ measured memory: ${label}`, measured: ratio, unit: '×', reference: null, ratio: null,
    limit: '0.95–1.15', holds: isWithin(0.95, 1.15), goal: { text: '0.98–1.08', isReached: isWithin(0.98, 1.08) }, detail,
  };
}
