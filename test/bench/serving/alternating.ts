import type { BenchRow } from '../benchRow.ts';
import { toBarRow } from './support/barRow.ts';
import { toText } from './support/figures.ts';
import { askWhole, requireOk, toQuestion, type Place } from './support/place.ts';
import { inLab, listEngines, type LocalEngine, type ServingLab } from './support/servingLab.ts';

const REQUESTS = 20;
const QUESTION = toQuestion('Hello?', 4);
const SHAPE = { contextTokens: 1_024, slots: 2 };

/** Two models in turn with room for one: by two clients that each ask one thing after the other, and all at once. */
export async function benchAlternating(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const engine of listEngines()) rows.push(await inLab((lab) => measure(lab, engine)));
  return rows;
}

async function measure(lab: ServingLab, engine: LocalEngine): Promise<BenchRow> {
  const places = [await lab.serve('a', 'larger', { engine, ...SHAPE }), await lab.serve('b', 'larger', { engine, ...SHAPE })] as const;
  await lab.leaveRoomForOne('a');
  const oneByOne = await countLoads(lab, () => Promise.all(places.map(askOneByOne)));
  const atOnce = await countLoads(lab, () => Promise.all(Array.from({ length: 2 * REQUESTS }, (_, index) => askOne(places[index % 2 === 0 ? 0 : 1]))));
  return toBarRow({
    name: `8 loads of two models alternating × ${REQUESTS}, room for one: ${engine}`, measured: Math.max(oneByOne.loads, atOnce.loads), unit: 'loads', sense: '≤', must: 4, goal: 2,
    detail: `two clients ${oneByOne.loads} in ${toText(oneByOne.tookMs)} ms, all at once ${atOnce.loads} in ${toText(atOnce.tookMs)} ms`,
  });
}

async function askOne(place: Place): Promise<void> {
  requireOk(await askWhole(place, QUESTION));
}

async function askOneByOne(place: Place): Promise<void> {
  for (let turn = 0; turn < REQUESTS; turn += 1) await askOne(place);
}

async function countLoads(lab: ServingLab, act: () => Promise<unknown>): Promise<{ loads: number; tookMs: number }> {
  await lab.backend.client.serving.unloadAll({});
  const before = await readLoads(lab);
  const sinceMs = performance.now();
  await act();
  return { tookMs: performance.now() - sinceMs, loads: await readLoads(lab) - before };
}

async function readLoads(lab: ServingLab): Promise<number> {
  return (await lab.readModel('a')).loadCount + (await lab.readModel('b')).loadCount;
}
