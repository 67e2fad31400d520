import type { BenchRow } from '../benchRow.ts';
import { median, toText } from './support/figures.ts';
import { withEachPair, type PairedPlaces } from './support/pairedPlaces.ts';
import { askStream, requireOk, toQuestion, type Place } from './support/place.ts';
import { inLab } from './support/servingLab.ts';

const ROUNDS = 200;
const WARM_UP = 10;
const MOST_RATIO = 1.1;
const MOST_ADDED_MS = 2;
const GOAL_ADDED_MS = 1;
const QUESTION = toQuestion('What is Wheelhouse?', 2);

/** How long a warm model's first token takes through the port and past it, in turn; medians. */
export async function benchFirstToken(): Promise<BenchRow[]> {
  return inLab(async (lab) => {
    const rows: BenchRow[] = [];
    await withEachPair(lab, async (pair) => { rows.push(await measure(pair)); });
    return rows;
  });
}

async function measure({ label, direct, port }: PairedPlaces): Promise<BenchRow> {
  const [directMs, portMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    if (round % 2 === 0) directMs.push(await measureOne(direct));
    portMs.push(await measureOne(port));
    if (round % 2 === 1) directMs.push(await measureOne(direct));
  }
  const [before, after] = [directMs, portMs].map((values) => median(values.slice(WARM_UP)));
  return toRow(label, before ?? Number.NaN, after ?? Number.NaN);
}

async function measureOne(place: Place): Promise<number> {
  return requireOk(await askStream(place, QUESTION)).firstTokenMs;
}

function toRow(label: string, directMs: number, portMs: number): BenchRow {
  const [added, ratio] = [portMs - directMs, portMs / directMs];
  return {
    name: `1 warm time to first token: ${label}`, measured: added, unit: 'ms more', reference: null, ratio: null,
    limit: `≤ ${MOST_RATIO} × or +${MOST_ADDED_MS} ms`, holds: ratio <= MOST_RATIO || added <= MOST_ADDED_MS,
    goal: { text: `+${GOAL_ADDED_MS} ms`, isReached: added <= GOAL_ADDED_MS },
    detail: `${toText(ratio)} ×: port ${toText(portMs)} ms, direct ${toText(directMs)} ms`,
  };
}
