import type { BenchRow } from '../benchRow.ts';
import { removeHomes } from '../../support/backend.ts';
import { waitFor } from '../../support/waitFor.ts';
import { toBarRow } from './support/barRow.ts';
import { toText } from './support/figures.ts';
import { askStream, toQuestion } from './support/place.ts';
import { listEngines, ServingLab } from './support/servingLab.ts';

const ROUNDS = 3;
const POLL = { timeoutMs: 30_000, everyMs: 5 };

/** Kills the app under load, and waits until the last of its engines is gone. */
export async function benchOrphans(): Promise<BenchRow[]> {
  const tookMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) tookMs.push(await measureKill());
  return [toBarRow({
    name: '11 the last engine is gone after SIGKILL of the app', measured: Math.max(...tookMs), unit: 'ms', sense: '≤', must: 3_000, goal: 1_000,
    detail: `${listEngines().join(' and ')}, busy; ${tookMs.map(toText).join(', ')} ms`,
  })];
}

async function measureKill(): Promise<number> {
  const lab = await ServingLab.open();
  const pids: number[] = [];
  for (const engine of listEngines()) {
    const place = await lab.serve(engine, 'larger', { engine, slots: 2 });
    askStream(place, toQuestion('Go on.', 900)).catch(() => null);
    const { pid } = await waitFor(async () => { const model = await lab.readModel(engine); return model.state === 'busy' ? model : null; }, { ...POLL, what: `${engine} to be busy` });
    pids.push(pid ?? 0);
  }
  await lab.backend.kill();
  const sinceMs = performance.now();
  await waitFor(() => !pids.some(isAlive), { ...POLL, what: 'the engines to be gone' });
  const tookMs = performance.now() - sinceMs;
  removeHomes();
  return tookMs;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
