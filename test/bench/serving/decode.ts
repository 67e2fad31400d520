import type { BenchRow } from '../benchRow.ts';
import { toBarRow } from './support/barRow.ts';
import type { ModelKind } from './support/benchModels.ts';
import { median, toText } from './support/figures.ts';
import { withEachPair, type PairedPlaces } from './support/pairedPlaces.ts';
import { askStream, requireOk, toQuestion, type Answered, type Place } from './support/place.ts';
import { inLab } from './support/servingLab.ts';

const BARS = [{ streams: 1, must: 0.97, goal: 0.99 }, { streams: 8, must: 0.95, goal: 0.98 }] as const;
/** Answers so long that their beginnings do not count, in many rounds: on a machine with two cores one differs from the next by a tenth. */
const WORK: Record<ModelKind, Record<1 | 8, { readonly tokens: number; readonly rounds: number }>> = {
  demo: { 1: { tokens: 800, rounds: 31 }, 8: { tokens: 800, rounds: 15 } },
  larger: { 1: { tokens: 120, rounds: 25 }, 8: { tokens: 96, rounds: 9 } },
};

/** Tokens a second through the port and past it, in turn: the median of the rounds' ratios. */
export async function benchDecode(): Promise<BenchRow[]> {
  return inLab(async (lab) => {
    const rows: BenchRow[] = [];
    await withEachPair(lab, async (pair) => {
      for (const bar of BARS) rows.push(await measure(pair, bar));
    });
    return rows;
  });
}

async function measure({ label, model, direct, port }: PairedPlaces, { streams, must, goal }: (typeof BARS)[number]): Promise<BenchRow> {
  const { tokens, rounds } = WORK[model][streams];
  const rates: { direct: number; port: number }[] = [];
  const rateOf = (place: Place): Promise<number> => measureRate(place, { streams, tokens });
  for (let round = 0; round <= rounds; round += 1) {
    if (round % 2 === 0) rates.push({ direct: await rateOf(direct), port: await rateOf(port) });
    else { const portRate = await rateOf(port); rates.push({ direct: await rateOf(direct), port: portRate }); }
  }
  const kept = rates.slice(1);
  return toBarRow({
    name: `2 decode with ${streams} ${streams === 1 ? 'stream' : 'streams'}: ${label}`, measured: median(kept.map((one) => one.port / one.direct)), unit: '×', sense: '≥', must, goal,
    detail: `port ${toText(median(kept.map((one) => one.port)))} tokens/s, direct ${toText(median(kept.map((one) => one.direct)))} tokens/s`,
  });
}

/** Of all streams together, from the first token of the first to the end of the last. */
async function measureRate(place: Place, { streams, tokens }: { streams: number; tokens: number }): Promise<number> {
  const batch = await Promise.all(Array.from({ length: streams }, async (_, index) => requireOk(await askStream(place, toLongQuestion(`Tell me about models, part ${index}.`, tokens)))));
  const ms = Math.max(...batch.map(endOf)) - Math.min(...batch.map(({ sentAtMs, firstTokenMs }) => sentAtMs + firstTokenMs));
  return (batch.reduce((sum, { completionTokens }) => sum + completionTokens, -1) * 1_000) / ms;
}

/** The demo model's own answers end after forty tokens, 9 ms: their ends would be measured, not their decoding. */
function toLongQuestion(content: string, tokens: number): object {
  return { ...toQuestion(content, tokens), ignore_eos: true };
}

function endOf({ sentAtMs, tookMs }: Answered): number {
  return sentAtMs + tookMs;
}
