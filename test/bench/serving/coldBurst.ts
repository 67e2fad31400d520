import type { BenchRow } from '../benchRow.ts';
import { toBarRow } from './support/barRow.ts';
import { median, toText } from './support/figures.ts';
import { askWhole, requireOk, toQuestion, type Place } from './support/place.ts';
import { inLab, listEngines, type LocalEngine, type ServingLab } from './support/servingLab.ts';

const REQUESTS = 30;
const ROUNDS = 5;
const QUESTION = toQuestion('Hello?', 2);

/** Thirty requests at once for a model that is not loaded: one load serves them all, about as fast as one request. */
export async function benchColdBurst(): Promise<BenchRow[]> {
  return inLab(async (lab) => {
    const rows: BenchRow[] = [];
    for (const engine of listEngines()) rows.push(await measure(lab, engine));
    return rows;
  });
}

interface Burst { readonly tookMs: number; readonly spawns: number; readonly answered: number }

async function measure(lab: ServingLab, engine: LocalEngine): Promise<BenchRow> {
  const name = `cold-${engine}`;
  const place = await lab.serve(name, 'demo', { engine, slots: 8 });
  await burst(lab, place, 1);
  const [single, many]: [Burst[], Burst[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    single.push(await burst(lab, place, 1));
    many.push(await burst(lab, place, REQUESTS));
  }
  const [oneMs, allMs] = [median(single.map(({ tookMs }) => tookMs)), median(many.map(({ tookMs }) => tookMs))];
  const [spawns, answered] = [Math.max(...many.map((one) => one.spawns)), Math.min(...many.map((one) => one.answered))];
  return toBarRow({
    name: `7 ${REQUESTS} requests at once, cold ÷ one: ${engine}`, measured: allMs / oneMs, unit: '×', sense: '≤', must: 1.3, goal: null, holds: spawns === 1 && answered === REQUESTS,
    detail: `${spawns} spawn, ${answered} × 200; all ${toText(allMs)} ms, one ${toText(oneMs)} ms`,
  });
}

/** Until the last answer, from a model that is not loaded. */
async function burst(lab: ServingLab, place: Place, count: number): Promise<Burst> {
  await lab.unload(place.model);
  const { loadCount } = await lab.readModel(place.model);
  const sinceMs = performance.now();
  const answers = await Promise.all(Array.from({ length: count }, async () => requireOk(await askWhole(place, QUESTION))));
  const tookMs = performance.now() - sinceMs;
  return { tookMs, answered: answers.length, spawns: (await lab.readModel(place.model)).loadCount - loadCount };
}
