import type { BenchRow } from '../benchRow.ts';
import { MODEL_KINDS, type ModelKind } from './support/benchModels.ts';
import { toText } from './support/figures.ts';
import { inLab, listEngines, type LocalEngine, type ServingLab } from './support/servingLab.ts';

const SLOTS = 4;
const CONTEXTS = [1_024, 4_096];
const MIB = 1024 * 1024;

/** What was booked for a first load, before anything was learnt, over what its processes then have. */
export async function benchMemoryEstimate(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const engine of listEngines()) {
    for (const model of MODEL_KINDS) {
      for (const contextTokens of CONTEXTS) rows.push(await inLab((lab) => measure(lab, { engine, model, contextTokens })));
    }
  }
  return rows;
}

async function measure(lab: ServingLab, { engine, model, contextTokens }: { engine: LocalEngine; model: ModelKind; contextTokens: number }): Promise<BenchRow> {
  await lab.serve('measured', model, { engine, contextTokens, slots: SLOTS });
  const { ramBytes, measuredBytes } = await lab.load('measured');
  const ratio = ramBytes / (measuredBytes ?? Number.NaN);
  return toEstimateRow(`${engine}, ${model}, ${SLOTS} × ${contextTokens} tokens`, ratio, `estimated ${toText(ramBytes / MIB)} MiB, measured ${toText((measuredBytes ?? 0) / MIB)} MiB`);
}

function toEstimateRow(label: string, ratio: number, detail: string): BenchRow {
  const isWithin = (from: number, to: number): boolean => ratio >= from && ratio <= to;
  return {
    name: `9 estimate ÷ measured memory: ${label}`, measured: ratio, unit: '×', reference: null, ratio: null,
    limit: '0.95–1.15', holds: isWithin(0.95, 1.15), goal: { text: '0.98–1.08', isReached: isWithin(0.98, 1.08) }, detail,
  };
}
