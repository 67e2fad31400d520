import { Agent } from 'node:http';
import type { BenchRow } from '../benchRow.ts';
import { toBarRow } from './support/barRow.ts';
import { ensureModel } from './support/benchModels.ts';
import { DirectEngine } from './support/directEngine.ts';
import { median, toText } from './support/figures.ts';
import { askStream, requireOk, toQuestion, type Place } from './support/place.ts';
import { inLab, listEngines, type LocalEngine, type ServingLab } from './support/servingLab.ts';

const REQUESTS = 30;
const ROUNDS = 5;
const SLOTS = 8;
const CONTEXT_TOKENS = 1_024;
const QUESTION = toQuestion('Hello?', 16);

/**
 * Thirty requests at once for a model that is not loaded: one load serves them all, about as fast as one request and what
 * the engine itself needs for the other answers (decisions/0008).
 */
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
  const place = await lab.serve(name, 'demo', { engine, slots: SLOTS });
  const direct = await DirectEngine.start(engine, { name, modelPath: ensureModel('demo'), contextTokens: CONTEXT_TOKENS, slots: SLOTS });
  // A kept connection takes one of llama-server's threads until it closes, and there are fewer of them than requests.
  const past = { ...direct.place, agent: new Agent({ keepAlive: false }) };
  await burst(lab, place, 1);
  const [single, many, others]: [Burst[], Burst[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    single.push(await burst(lab, place, 1));
    many.push(await burst(lab, place, REQUESTS));
    others.push(await askAll(past, REQUESTS) - await askAll(past, 1));
  }
  await direct.stop();
  const [oneMs, allMs, othersMs] = [median(single.map(({ tookMs }) => tookMs)), median(many.map(({ tookMs }) => tookMs)), median(others)];
  const [spawns, answered] = [Math.max(...many.map((one) => one.spawns)), Math.min(...many.map((one) => one.answered))];
  return toBarRow({
    name: `7 ${REQUESTS} requests at once, cold ÷ (one + the engine's own time for the others): ${engine}`, measured: allMs / (oneMs + othersMs), unit: '×', sense: '≤', must: 1.3, goal: null, holds: spawns === 1 && answered === REQUESTS,
    detail: `${spawns} spawn, ${answered} × 200; all ${toText(allMs)} ms, one ${toText(oneMs)} ms, the others warm and direct ${toText(othersMs)} ms; all ÷ one ${toText(allMs / oneMs)}`,
  });
}

/** From a model that is not loaded. */
async function burst(lab: ServingLab, place: Place, count: number): Promise<Burst> {
  await lab.unload(place.model);
  const { loadCount } = await lab.readModel(place.model);
  const tookMs = await askAll(place, count);
  return { tookMs, answered: count, spawns: (await lab.readModel(place.model)).loadCount - loadCount };
}

/** Until the last answer. @throws Error when one of them is not 200 */
async function askAll(place: Place, count: number): Promise<number> {
  const sinceMs = performance.now();
  await Promise.all(Array.from({ length: count }, async () => requireOk(await askStream(place, QUESTION))));
  return performance.now() - sinceMs;
}
