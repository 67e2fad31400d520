import type { BenchRow } from '../benchRow.ts';
import { waitFor } from '../../support/waitFor.ts';
import { toBarRow } from './support/barRow.ts';
import { median, toText } from './support/figures.ts';
import { askStream, askWhole, read, toQuestion, type Place } from './support/place.ts';
import { inLab, listEngines, type LocalEngine, type ServingLab } from './support/servingLab.ts';

const ROUNDS = 8;
const POLL = { timeoutMs: 30_000, everyMs: 2 };
/** It would talk for a quarter of a minute. */
const QUESTION = toQuestion('Go on.', 900);

/** How long an engine goes on after the client has left: until its own slots say that none is busy. */
export async function benchAborts(): Promise<BenchRow[]> {
  return inLab(async (lab) => {
    const rows: BenchRow[] = [];
    for (const engine of listEngines()) rows.push(...await measureEngine(lab, engine));
    return rows;
  });
}

async function measureEngine(lab: ServingLab, engine: LocalEngine): Promise<BenchRow[]> {
  const place = await lab.serve(`abort-${engine}`, 'larger', { engine, slots: 2 });
  await lab.load(place.model);
  const rows: BenchRow[] = [];
  for (const [kind, ask] of [['stream', askStream], ['non-stream', askWhole]] as const) {
    const tookMs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) tookMs.push(await measureAbort(place, ask));
    rows.push(toBarRow({
      name: `10 abort frees the slot, ${kind}: ${engine}`, measured: Math.max(...tookMs), unit: 'ms', sense: '≤', must: 500, goal: 100, detail: `the slowest of ${ROUNDS}; median ${toText(median(tookMs))} ms`,
    }));
  }
  await lab.unload(place.model);
  return rows;
}

async function measureAbort(place: Place, ask: typeof askStream): Promise<number> {
  const abort = new AbortController();
  const answer = ask(place, QUESTION, { signal: abort.signal }).catch(() => null);
  await waitFor(() => hasBusySlot(place), { ...POLL, what: 'a slot that is busy' });
  const sinceMs = performance.now();
  abort.abort();
  await waitFor(async () => !await hasBusySlot(place), { ...POLL, what: 'the slot to be free' });
  const tookMs = performance.now() - sinceMs;
  await answer;
  return tookMs;
}

async function hasBusySlot(place: Place): Promise<boolean> {
  const { text } = await read(place, `/slots?model=${place.model}`);
  return (JSON.parse(text) as { is_processing: boolean }[]).some((slot) => slot.is_processing);
}
