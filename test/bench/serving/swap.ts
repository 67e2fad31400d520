import { setTimeout as delay } from 'node:timers/promises';
import type { BenchRow } from '../benchRow.ts';
import { toBarRow } from './support/barRow.ts';
import { ensureModel } from './support/benchModels.ts';
import { DirectEngine } from './support/directEngine.ts';
import { median, toText } from './support/figures.ts';
import { askStream, requireOk, toQuestion, type Place } from './support/place.ts';
import { startRouter } from './support/router.ts';
import { inLab, listEngines, type LocalEngine, type ServingLab } from './support/servingLab.ts';

const ROUNDS = 5;
/** Before that, a model that was just loaded is not evicted. */
const RESIDENT_MS = 2_100;
const SHAPE = { contextTokens: 1_024, slots: 2 };
const QUESTION = toQuestion('Hello?', 2);
const SIDES = ['a', 'b'] as const;

interface SwapTimes { readonly ours: number[]; readonly byHand: number[]; readonly router: number[] }

/** From the question for a model that is not there to its first token, with room for one model: here, by hand, and by llama-server's router. */
export async function benchSwap(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const engine of listEngines()) rows.push(...toRows(engine, await inLab((lab) => measure(lab, engine))));
  return rows;
}

async function measure(lab: ServingLab, engine: LocalEngine): Promise<SwapTimes> {
  const port = [await lab.serve('a', 'larger', { engine, ...SHAPE }), await lab.serve('b', 'larger', { engine, ...SHAPE })] as const;
  await lab.leaveRoomForOne('a');
  const modelPath = ensureModel('larger');
  const router = engine === 'llama-server' ? await startRouter(SIDES, { modelPath, ...SHAPE }) : null;
  const times: SwapTimes = { ours: [], byHand: [], router: [] };
  let byHand: DirectEngine | null = null;
  try {
    for (let round = 0; round <= ROUNDS; round += 1) {
      const side = round % 2 === 0 ? 0 : 1;
      times.ours.push(await measureFirstToken(port[side]));
      const atMs = performance.now();
      byHand = await swapByHand(byHand, { engine, name: SIDES[side], modelPath, into: times.byHand });
      if (router !== null) times.router.push(await measureFirstToken(router.placeOf(SIDES[side])));
      await delay(Math.max(0, RESIDENT_MS - (performance.now() - atMs)));
    }
  } finally {
    await byHand?.stop();
    await router?.stop();
  }
  return times;
}

async function measureFirstToken(place: Place): Promise<number> {
  return requireOk(await askStream(place, QUESTION)).firstTokenMs;
}

async function swapByHand(running: DirectEngine | null, { engine, name, modelPath, into }: { engine: LocalEngine; name: string; modelPath: string; into: number[] }): Promise<DirectEngine> {
  const sinceMs = performance.now();
  await running?.stop();
  const next = await DirectEngine.start(engine, { name, modelPath, ...SHAPE });
  const readyMs = performance.now() - sinceMs;
  into.push(readyMs + await measureFirstToken(next.place));
  return next;
}

/** The first round loaded without having to make room. */
function toRows(engine: LocalEngine, times: SwapTimes): BenchRow[] {
  const [ours, byHand, router] = [times.ours, times.byHand, times.router].map((values) => median(values.slice(1))) as [number, number, number];
  const rows = [toBarRow({
    name: `5 swap ÷ (stop + start + first token): ${engine}`, measured: ours / byHand, unit: '×', sense: '≤', must: 1.3, goal: 1.1, detail: `port ${toText(ours)} ms, by hand ${toText(byHand)} ms`,
  })];
  if (times.router.length > 0) {
    rows.push(toBarRow({
      name: "6 swap ÷ llama-server router's", measured: ours / router, unit: '×', sense: '≤', must: 1.5, goal: 1, detail: `port ${toText(ours)} ms, router ${toText(router)} ms`,
    }));
  }
  return rows;
}
