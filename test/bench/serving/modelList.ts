import { setTimeout as delay } from 'node:timers/promises';
import type { BenchRow } from '../benchRow.ts';
import { toBarRow } from './support/barRow.ts';
import { quantile, toText } from './support/figures.ts';
import { read, requireOk, type Place } from './support/place.ts';
import { inLab, listEngines, type LocalEngine, type ServingLab } from './support/servingLab.ts';

const MODELS = 500;
const LOADS = 6;
/** Often enough to meet whatever the load does, and not so often that the load waits. */
const APART_MS = 4;

/** How long the list of 500 models takes while one is being loaded. */
export async function benchModelList(): Promise<BenchRow[]> {
  return inLab(async (lab) => {
    const engines = listEngines();
    const places = await serveMany(lab, engines);
    const rows: BenchRow[] = [];
    for (const [index, engine] of engines.entries()) rows.push(await measure(lab, engine, places[index]));
    return rows;
  });
}

/** The first ones are loaded, the others are there to be listed. */
async function serveMany(lab: ServingLab, engines: readonly LocalEngine[]): Promise<Place[]> {
  const places: Place[] = [];
  for (const engine of engines) places.push(await lab.serve(`loaded-${engine}`, 'larger', { engine }));
  for (let index = places.length; index < MODELS; index += 1) await lab.serve(`listed/model-${index}:Q4_K_M`, 'larger', { engine: 'embedded' });
  return places;
}

async function measure(lab: ServingLab, engine: LocalEngine, place: Place | undefined): Promise<BenchRow> {
  if (place === undefined) throw new Error(`there is no model of ${engine}`);
  const tookMs: number[] = [];
  for (let round = 0; round < LOADS; round += 1) {
    const state = { isLoading: true };
    const loading = lab.backend.client.serving.load({ model: place.model }).finally(() => { state.isLoading = false; });
    while (state.isLoading) {
      tookMs.push((await readList(place)).tookMs);
      await delay(APART_MS);
    }
    await loading;
    await lab.unload(place.model);
  }
  return toBarRow({
    name: `12 /v1/models p99, ${MODELS} models, during a load: ${engine}`, measured: quantile(tookMs, 0.99), unit: 'ms', sense: '≤', must: 50, goal: 10,
    detail: `${tookMs.length} requests in ${LOADS} loads; median ${toText(quantile(tookMs, 0.5))} ms, most ${toText(quantile(tookMs, 1))} ms`,
  });
}

async function readList(place: Place): ReturnType<typeof read> {
  const answered = requireOk(await read(place, '/v1/models'));
  const { data } = JSON.parse(answered.text) as { data: unknown[] };
  if (data.length < MODELS) throw new Error(`${data.length} models are listed, not ${MODELS}`);
  return answered;
}
