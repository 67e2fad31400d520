import type { BenchRow } from '../benchRow.ts';
import { toBarRow } from './support/barRow.ts';
import { quantile, toText } from './support/figures.ts';
import { startPacedEngine, toPacedQuestion } from './support/pacedEngine.ts';
import { askStream, createPlace, requireOk, type Place } from './support/place.ts';
import { inLab } from './support/servingLab.ts';

const STREAMS = 8;
const PIECES = 150;
const APART_MS = 20;
const ROUNDS = 3;
const NANOSECONDS_PER_MS = 1e6;

/** How much later a piece of a stream arrives through the port than past it, with eight streams at once. */
export async function benchChunkLatency(): Promise<BenchRow[]> {
  return inLab(async (lab) => {
    const engine = await startPacedEngine();
    const direct = createPlace(engine.url, 'paced');
    try {
      const port = await lab.serveExternal('paced', direct);
      await measureRound(port);
      const [directMs, portMs]: [number[], number[]] = [[], []];
      for (let round = 0; round < ROUNDS; round += 1) {
        directMs.push(...await measureRound(direct));
        portMs.push(...await measureRound(port));
      }
      return [toRow(directMs, portMs)];
    } finally {
      direct.agent.destroy();
      await engine.stop();
    }
  });
}

function toRow(directMs: readonly number[], portMs: readonly number[]): BenchRow {
  const of = (share: number): string => `p${share * 100} ${toText(quantile(portMs, share))} ms, direct ${toText(quantile(directMs, share))} ms`;
  return toBarRow({
    name: `3 added chunk latency p99, ${STREAMS} paced streams`, measured: quantile(portMs, 0.99) - quantile(directMs, 0.99), unit: 'ms', sense: '≤', must: 5, goal: 2,
    detail: `${of(0.99)}; ${of(0.5)}`,
  });
}

/** From the stamp of each piece to its arrival here, all streams at once. */
async function measureRound(place: Place): Promise<number[]> {
  const latenciesMs: number[] = [];
  const takePiece = (text: string): void => {
    const nowNs = process.hrtime.bigint();
    for (const [, stamp = '0'] of text.matchAll(/"content":"(\d+) "/g)) latenciesMs.push(Number(nowNs - BigInt(stamp)) / NANOSECONDS_PER_MS);
  };
  await Promise.all(Array.from({ length: STREAMS }, async () => requireOk(await askStream(place, toPacedQuestion(PIECES, APART_MS), { onText: takePiece }))));
  if (latenciesMs.length < STREAMS * PIECES * 0.99) throw new Error(`${latenciesMs.length} pieces came, not ${STREAMS * PIECES}`);
  return latenciesMs;
}
