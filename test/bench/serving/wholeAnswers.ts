import { fileURLToPath } from 'node:url';
import type { BenchRow } from '../benchRow.ts';
import { toBarRow } from './support/barRow.ts';
import { median, toText } from './support/figures.ts';
import { startPacedEngine, toPacedQuestion } from './support/pacedEngine.ts';
import { askWhole, createPlace, requireOk, type Place } from './support/place.ts';
import { startProgram } from './support/program.ts';
import { inLab } from './support/servingLab.ts';

const ROUNDS = 400;
const WARM_UP = 200;
const PIECES = 16;
const bareProxy = fileURLToPath(new URL('./support/bareProxy.ts', import.meta.url));

/** What the port adds to an answer in one piece, in terms of what the least possible proxy adds. */
export async function benchWholeAnswers(): Promise<BenchRow[]> {
  return inLab(async (lab) => {
    const engine = await startPacedEngine();
    const proxy = await startProgram(bareProxy, [engine.url]);
    const [direct, bare] = [createPlace(engine.url, 'paced'), createPlace(proxy.url, 'paced')];
    try {
      return [await measure({ direct, bare, port: await lab.serveExternal('paced', direct) })];
    } finally {
      for (const { agent } of [direct, bare]) agent.destroy();
      await proxy.stop();
      await engine.stop();
    }
  });
}

async function measure(places: { direct: Place; bare: Place; port: Place }): Promise<BenchRow> {
  const tookMs: Record<keyof typeof places, number[]> = { direct: [], bare: [], port: [] };
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    for (const [name, place] of Object.entries(places)) tookMs[name as keyof typeof places].push(requireOk(await askWhole(place, toPacedQuestion(PIECES, 0))).tookMs);
  }
  const [direct, bare, port] = [tookMs.direct, tookMs.bare, tookMs.port].map((values) => median(values.slice(WARM_UP))) as [number, number, number];
  return toBarRow({
    name: "4 answers in one piece, added latency ÷ a bare Node proxy's", measured: (port - direct) / (bare - direct), unit: '×', sense: '≤', must: 8, goal: 3,
    detail: `port ${toText(port)} ms, proxy ${toText(bare)} ms, direct ${toText(direct)} ms`,
  });
}
