import { expect, test } from 'vitest';
import { runId } from '#contract/ids.ts';
import { createDefaultHeader } from '../blueprints/index.ts';
import { decideLife, DEFAULT_SILENCE, type LifeDecision, type LifeEvent, type LifeFacts } from './lifecyclePolicy.ts';
import { createFailure, getHealth, type Failure, type Life, type LifeState, type LifeStateOf } from './lifeState.ts';

const run = runId.parse('run_1');
const later = runId.parse('run_2');
const NOW = 1_000_000;
const rules = createDefaultHeader('webui', '').restart;
const facts = (change: Partial<LifeFacts> = {}): LifeFacts => ({ nowMs: NOW, random: 0, restart: rules, mayEndUnready: false, silence: DEFAULT_SILENCE, ...change });
const aLife = (state: LifeState, change: Partial<Life> = {}): Life => ({ desired: 'running', sinceMs: 1, attempt: 0, failedAtMs: [], state, ...change });
const exitWith = (exitCode: number | null, change: Partial<Failure> = {}): Failure => ({ ...createFailure('unknown', { exitCode }), ...change });
const ended = (failure: Failure): LifeEvent => ({ kind: 'ended', runId: run, failure, next: { runId: later, deadlineMs: 7 } });

const stopped: LifeState = { kind: 'stopped', exitCode: null };
const queued: LifeState = { kind: 'queued' };
const installing: LifeStateOf<'installing'> = { kind: 'installing', mode: 'verb', runId: run, deadlineMs: NOW, isStalled: false };
const single: LifeStateOf<'installing'> = { ...installing, mode: 'single' };
const starting: LifeStateOf<'starting'> = { kind: 'starting', runId: run, deadlineMs: NOW, isStalled: false, holder: null };
const started: LifeStateOf<'started'> = { kind: 'started', runId: run, readyAtMs: NOW - 60_000, address: '127.0.0.1', health: 'ok', silentSinceMs: null };
const stopping: LifeStateOf<'stopping'> = { kind: 'stopping', runId: run, next: { kind: 'stopped' } };
const orphaned: LifeState = { kind: 'orphaned', runId: run, next: { kind: 'stopped' } };
const backoff: LifeState = { kind: 'backoff', retryAtMs: NOW, failure: exitWith(3) };
const error: LifeState = { kind: 'error', failure: exitWith(1), stuckPids: [], stuckRunId: null, checks: [] };
const stuck: LifeState = { kind: 'error', failure: createFailure('stuck'), stuckPids: [7], stuckRunId: run, checks: [] };
const never = facts();
const onFailure = facts({ restart: { ...rules, policy: 'on-failure' } });
const always = facts({ restart: { ...rules, policy: 'always' } });

/** The new status with what happens, in one line. */
function told({ life, effects }: LifeDecision): string {
  const cause = 'failure' in life.state ? ` (${life.state.failure.cause})` : '';
  return [`${life.state.kind}${cause}`, ...effects.map(({ kind }) => kind)].join(' ');
}

const rows: [string, LifeState, LifeEvent, string, LifeFacts?][] = [
  ['stopped + start', stopped, { kind: 'start' }, 'queued prepare'],
  ['error + start', error, { kind: 'start' }, 'queued prepare'],
  ['stopped + stop', stopped, { kind: 'stop' }, 'stopped'],
  ['error + stop', error, { kind: 'stop' }, 'error (unknown)'],
  ['stopped + strays of a run that is over', stopped, { kind: 'straysFound', runId: run }, 'orphaned endTree'],
  ['stuck + stop tries again', stuck, { kind: 'stop' }, 'stopping endTree'],
  ['stuck + start stops first', stuck, { kind: 'start' }, 'stopping endTree'],
  ['queued + start', queued, { kind: 'start' }, 'queued'],
  ['queued + preflight holds, to be installed', queued, { kind: 'prepared', phase: 'install', runId: run, deadlineMs: 9 }, 'installing launch'],
  ['queued + preflight holds, one pass', queued, { kind: 'prepared', phase: 'single', runId: run, deadlineMs: 9 }, 'installing launch'],
  ['queued + preflight holds, installed', queued, { kind: 'prepared', phase: 'run', runId: run, deadlineMs: 9 }, 'starting launch'],
  ['queued + preflight fails', queued, { kind: 'refused', failure: createFailure('preflight'), checks: [] }, 'error (preflight) release'],
  ['queued + stop', queued, { kind: 'stop' }, 'stopping cancelPreparation endTree'],
  ['installing + exit 0', installing, ended(exitWith(0)), 'starting closeRun stampInstall launch'],
  ['installing + exit 1', installing, ended(exitWith(1)), 'error (install_failed) closeRun release'],
  ['installing + exit 1 with a known cause', installing, ended(exitWith(1, { cause: 'disk_full' })), 'error (disk_full) closeRun release'],
  ['installing + exit 1 is never restarted', installing, ended(exitWith(1)), 'error (install_failed) closeRun release', always],
  ['installing + a signal', installing, ended(exitWith(0, { signal: 9, cause: 'killed' })), 'error (killed) closeRun release'],
  ['installing in one pass + ready', single, { kind: 'ready', runId: run, address: '::1' }, 'started markReady stampInstall releaseSlot'],
  ['installing in one pass + exit 0 of a web app', single, ended(exitWith(0)), 'error (app_gone) closeRun release'],
  ['installing in one pass + exit 0 of a tool', single, ended(exitWith(0)), 'stopped closeRun stampInstall release', facts({ mayEndUnready: true })],
  ['installing + deadline', installing, { kind: 'deadlinePassed', runId: run }, 'installing releaseSlot'],
  ['installing + launch failed', installing, { kind: 'launchFailed', runId: run, failure: createFailure('spawn_failed') }, 'error (spawn_failed) closeRun release'],
  ['installing + stop', installing, { kind: 'stop' }, 'stopping endTree'],
  ['starting + ready', starting, { kind: 'ready', runId: run, address: '127.0.0.1' }, 'started markReady releaseSlot'],
  ['starting + deadline', starting, { kind: 'deadlinePassed', runId: run }, 'starting releaseSlot'],
  ['starting + a stranger on the port', starting, { kind: 'portHeld', runId: run, holder: { pid: 5, command: 'nc' } }, 'starting'],
  ['starting + exit 0 of a web app', starting, ended(exitWith(0)), 'error (app_gone) closeRun release'],
  ['starting + exit 0 of a tool', starting, ended(exitWith(0)), 'stopped closeRun release', facts({ mayEndUnready: true })],
  ['starting + exit 1, never', starting, ended(exitWith(1)), 'error (unknown) closeRun release', never],
  ['starting + exit 1, on-failure', starting, ended(exitWith(1)), 'backoff (unknown) closeRun release retryAt', onFailure],
  ['starting + stop', starting, { kind: 'stop' }, 'stopping endTree'],
  ['starting + restart', starting, { kind: 'restart' }, 'stopping endTree'],
  ['started + exit 0, never', started, ended(exitWith(0)), 'stopped closeRun release', never],
  ['started + exit 0, on-failure', started, ended(exitWith(0)), 'stopped closeRun release', onFailure],
  ['started + exit 0, always', started, ended(exitWith(0)), 'backoff (unknown) closeRun release retryAt', always],
  ['started + exit 1, never', started, ended(exitWith(1)), 'error (unknown) closeRun release', never],
  ['started + exit 1, on-failure', started, ended(exitWith(1)), 'backoff (unknown) closeRun release retryAt', onFailure],
  ['started + an exit code that is no failure', started, ended(exitWith(2)), 'stopped closeRun release', facts({ restart: { ...rules, policy: 'on-failure', exitOk: [2] } })],
  ['started + an unknown exit', started, ended(exitWith(null)), 'error (unknown) closeRun release', never],
  ['started + another pid', started, { kind: 'replaced', runId: run, pid: 8 }, 'started adoptPid'],
  ['started + no process after the backend was away', started, { kind: 'lost' }, 'error (lost) closeRun release'],
  ['started + stop', started, { kind: 'stop' }, 'stopping endTree'],
  ['backoff + timer', backoff, { kind: 'retry' }, 'queued prepare'],
  ['backoff + start', backoff, { kind: 'start' }, 'queued prepare'],
  ['backoff + stop', backoff, { kind: 'stop' }, 'stopping cancelPreparation endTree'],
  ['stopping + proven', stopping, { kind: 'proven', exitCode: 0 }, 'stopped closeRun release'],
  ['stopping + start', stopping, { kind: 'start' }, 'stopping'],
  ['stopping for a restart + proven', { ...stopping, next: { kind: 'start' } }, { kind: 'proven', exitCode: 0 }, 'queued closeRun release prepare'],
  ['stopping for a restart + stop', { ...stopping, next: { kind: 'start' } }, { kind: 'stop' }, 'stopping'],
  ['stopping an app that has gone + proven', { ...stopping, next: { kind: 'exit', failure: createFailure('app_gone'), readyAtMs: 1 } }, { kind: 'proven', exitCode: null }, 'error (app_gone) closeRun release'],
  ['stopping + alive after KILL', stopping, { kind: 'stuck', pids: [7, 8] }, 'error (stuck) releaseSlot'],
  ['stopping + the run ends', stopping, ended(exitWith(0)), 'stopping'],
  ['orphaned + proven', orphaned, { kind: 'proven', exitCode: null }, 'stopped release'],
  ['orphaned + start', orphaned, { kind: 'start' }, 'orphaned'],
  ['orphaned + alive after KILL', orphaned, { kind: 'stuck', pids: [7] }, 'error (stuck) releaseSlot'],
];

test.each(rows)('%s', (_name, ...[state, event, expected, given = never]) => {
  expect(told(decideLife(aLife(state), event, given))).toBe(expected);
});

test.each([installing, starting, started])('an end with desired stopped is stopped, whatever the exit ($kind)', (state) => {
  expect(told(decideLife(aLife(state, { desired: 'stopped' }), ended(exitWith(1)), always)).split(' ')[0]).toBe('stopped');
});

test.each([queued, installing, starting, started, backoff])('news of another run change nothing ($kind)', (state) => {
  const life = aLife(state);
  for (const event of [{ ...ended(exitWith(1)), runId: later }, { kind: 'ready', runId: later, address: null }, { kind: 'deadlinePassed', runId: later }] as LifeEvent[]) {
    expect(decideLife(life, event, never)).toEqual({ life, effects: [] });
  }
});

test('start and stop say what is wanted, also where nothing else changes', () => {
  expect(decideLife(aLife(stopping, { desired: 'stopped' }), { kind: 'start' }, never).life).toMatchObject({ desired: 'running', state: { next: { kind: 'start' } } });
  expect(decideLife(aLife(error), { kind: 'stop' }, never).life.desired).toBe('stopped');
});

test('past the deadline the state stays, stalled', () => {
  const { life } = decideLife(aLife(starting), { kind: 'deadlinePassed', runId: run }, never);
  expect([life.state.kind, getHealth(life.state), life.sinceMs]).toEqual(['starting', 'slow', 1]);
});

test('silence is failing after 15 s and counts as an exit after 60 s; an answer ends it', () => {
  const hear = (life: Life, atMs: number, holds: boolean, listens: boolean): LifeDecision => decideLife(life, { kind: 'probed', runId: run, holds, listens }, facts({ nowMs: NOW + atMs }));
  const quiet = hear(aLife(started), 0, false, false).life;
  const failing = hear(quiet, 15_000, false, false).life;

  expect([getHealth(quiet.state), getHealth(hear(quiet, 14_999, false, false).life.state), getHealth(failing.state)]).toEqual(['ok', 'ok', 'failing']);
  expect(told(hear(failing, 59_999, false, false))).toBe('started');
  expect(told(hear(failing, 60_000, false, false))).toBe('stopping endTree');
  expect(hear(failing, 60_000, true, true).life.state).toEqual(started);
  expect(getHealth(hear(failing, 60_000, false, true).life.state)).toBe('slow');
});

test('waits grow 1, 2, 4 … 60 s, with up to a fifth of jitter, and begin anew after 30 s up', () => {
  const fail = (attempt: number, random = 0, readyAtMs = NOW - 1_000): unknown => {
    const { life } = decideLife(aLife({ ...started, readyAtMs }, { attempt }), ended(exitWith(1)), { ...onFailure, random });
    return life.state.kind === 'backoff' ? [life.state.retryAtMs - NOW, life.attempt] : life.state.kind;
  };
  expect([0, 1, 2, 3, 6, 7, 40].map((attempt) => fail(attempt))).toEqual([[1_000, 1], [2_000, 2], [4_000, 3], [8_000, 4], [60_000, 7], [60_000, 8], [60_000, 41]]);
  expect(fail(0, 1)).toEqual([1_200, 1]);
  expect(fail(5, 0, NOW - 30_000)).toEqual([1_000, 1]);
});

test('past the limit within the window it is an error with the cause of the last end; older failures do not count', () => {
  const failedAtMs = [NOW - 700_000, NOW - 500_000, NOW - 400_000, NOW - 300_000, NOW - 200_000];
  const end = (life: Life): LifeDecision => decideLife(life, ended(exitWith(1, { cause: 'missing_module' })), onFailure);

  const within = end(aLife(starting, { failedAtMs })).life;
  expect([within.state.kind, within.failedAtMs.length]).toEqual(['backoff', 5]);
  expect(end(aLife(starting, { failedAtMs: [...failedAtMs.slice(1), NOW - 1] })).life.state).toMatchObject({ kind: 'error', failure: { cause: 'restart_limit', subject: 'missing_module' } });
});

test('a start by the user forgets earlier failures', () => {
  expect(decideLife(aLife(error, { attempt: 4, failedAtMs: [1, 2] }), { kind: 'start' }, never).life).toMatchObject({ attempt: 0, failedAtMs: [], desired: 'running' });
});
