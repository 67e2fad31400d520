import type { RunId } from '#contract/ids.ts';
import type { PreflightCheck } from '#contract/instances.ts';
import { createFailure, type Afterwards, type Failure, type Life, type LifeState, type LifeStateOf, type PortHolder } from './lifeState.ts';
import { decideRestart, type RestartRules, type UnwantedEnd } from './restartPolicy.ts';

/** What happened to an instance. Times and deadlines come with the event or the facts; nothing is read here. */
export type LifeEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'prepared'; readonly phase: 'install' | 'single' | 'run'; readonly runId: RunId; readonly deadlineMs: number }
  | { readonly kind: 'refused'; readonly failure: Failure; readonly checks: readonly PreflightCheck[] }
  | { readonly kind: 'launchFailed'; readonly runId: RunId; readonly failure: Failure }
  | { readonly kind: 'ready'; readonly runId: RunId; readonly address: string | null }
  | { readonly kind: 'portHeld'; readonly runId: RunId; readonly holder: PortHolder | null }
  | { readonly kind: 'deadlinePassed'; readonly runId: RunId }
  | { readonly kind: 'probed'; readonly runId: RunId; readonly holds: boolean; readonly listens: boolean }
  | { readonly kind: 'replaced'; readonly runId: RunId; readonly pid: number }
  /** The process tree is empty. `next` is the run phase that would follow a finished install. */
  | { readonly kind: 'ended'; readonly runId: RunId; readonly failure: Failure; readonly next: { readonly runId: RunId; readonly deadlineMs: number } }
  | { readonly kind: 'proven'; readonly exitCode: number | null }
  | { readonly kind: 'stuck'; readonly pids: readonly number[] }
  | { readonly kind: 'retry' }
  /** At the backend's start: the live record has no process that is proven ours. */
  | { readonly kind: 'lost' }
  /** At the backend's start: the record is over, and processes with its mark live. */
  | { readonly kind: 'straysFound'; readonly runId: RunId };

/** What the actor does after the new state is written, in this order. */
export type LifeEffect =
  | { readonly kind: 'prepare' }
  | { readonly kind: 'cancelPreparation' }
  | { readonly kind: 'launch'; readonly runId: RunId; readonly phase: 'install' | 'single' | 'run' }
  | { readonly kind: 'stampInstall' }
  | { readonly kind: 'markReady'; readonly runId: RunId }
  | { readonly kind: 'releaseSlot' }
  | { readonly kind: 'adoptPid'; readonly runId: RunId; readonly pid: number }
  | { readonly kind: 'endTree'; readonly runId: RunId | null }
  | { readonly kind: 'closeRun'; readonly runId: RunId; readonly failure: Failure | null }
  | { readonly kind: 'retryAt'; readonly atMs: number }
  | { readonly kind: 'release' };

export interface LifeFacts {
  readonly nowMs: number;
  /** From 0 to 1, for the jitter. */
  readonly random: number;
  readonly restart: RestartRules;
  /** Whether exit code 0 before readiness is a success: a tool may end at once, a web app may not. */
  readonly mayEndUnready: boolean;
  readonly silence: SilenceLimits;
}

/** How long nothing may listen before the app counts as failing, and then as gone. */
export interface SilenceLimits { readonly failingMs: number; readonly goneMs: number }
export const DEFAULT_SILENCE: SilenceLimits = { failingMs: 15_000, goneMs: 60_000 };

export interface LifeDecision {
  readonly life: Life;
  readonly effects: readonly LifeEffect[];
}

type Step<K extends LifeState['kind']> = (input: { state: LifeStateOf<K>; life: Life; event: LifeEvent; facts: LifeFacts }) => LifeDecision | null;

/** Decides the next state and what is to be done. An event that means nothing in a state changes nothing. */
export function decideLife(life: Life, event: LifeEvent, facts: LifeFacts): LifeDecision {
  if (isAboutAnotherRun(life.state, event)) return { life, effects: [] };
  const wish = event.kind === 'start' || event.kind === 'restart' ? 'running' : event.kind === 'stop' ? 'stopped' : life.desired;
  const wished = wish === life.desired ? life : { ...life, desired: wish };
  return stepOf(wished, event, facts) ?? { life: wished, effects: [] };
}

function stepOf(life: Life, event: LifeEvent, facts: LifeFacts): LifeDecision | null {
  const { state } = life;
  switch (state.kind) {
    case 'stopped': return fromRest({ state, life, event, facts });
    case 'error': return fromError({ state, life, event, facts });
    case 'queued': return fromQueued({ state, life, event, facts });
    case 'installing': return fromInstalling({ state, life, event, facts });
    case 'starting': return fromStarting({ state, life, event, facts });
    case 'started': return fromStarted({ state, life, event, facts });
    case 'stopping': return fromStopping({ state, life, event, facts });
    case 'orphaned': return fromStopping({ state, life, event, facts });
    case 'backoff': return fromBackoff({ state, life, event, facts });
  }
}

const fromRest: Step<'stopped' | 'error'> = ({ life, event, facts }) => {
  if (event.kind === 'start' || event.kind === 'restart') return enter({ ...life, attempt: 0, failedAtMs: [] }, { kind: 'queued' }, facts, [{ kind: 'prepare' }]);
  if (event.kind === 'straysFound') {
    const next: Afterwards = { kind: 'stopped' };
    return enter(life, { kind: 'orphaned', runId: event.runId, next }, facts, [{ kind: 'endTree', runId: event.runId }]);
  }
  return null;
};

const fromError: Step<'error'> = ({ state, life, event, facts }) => {
  if (state.stuckPids.length === 0) return fromRest({ state, life, event, facts });
  if (event.kind === 'start' || event.kind === 'restart') return stopTree(life, facts, state.stuckRunId, { kind: 'start' });
  return event.kind === 'stop' ? stopTree(life, facts, state.stuckRunId, { kind: 'stopped' }) : null;
};

const fromQueued: Step<'queued'> = ({ life, event, facts }) => {
  if (event.kind === 'prepared') return launch(life, event, facts);
  if (event.kind === 'refused') return enter(life, toError(event.failure, event.checks), facts, [{ kind: 'release' }]);
  return event.kind === 'stop' ? stopTree(life, facts, null, { kind: 'stopped' }) : null;
};

const fromInstalling: Step<'installing'> = ({ state, life, event, facts }) => {
  if (event.kind === 'ready') {
    return enter(life, startedState(event, facts), facts, [{ kind: 'markReady', runId: event.runId }, { kind: 'stampInstall' }, { kind: 'releaseSlot' }]);
  }
  if (event.kind === 'ended') return endInstall({ state, life, event, facts });
  return fromLaunched({ state, life, event, facts });
};

const fromStarting: Step<'starting'> = ({ state, life, event, facts }) => {
  if (event.kind === 'ready') return enter(life, startedState(event, facts), facts, [{ kind: 'markReady', runId: event.runId }, { kind: 'releaseSlot' }]);
  if (event.kind === 'ended') return endRun(life, facts, { runId: state.runId, failure: event.failure, canBeSuccess: facts.mayEndUnready, readyAtMs: null });
  if (event.kind === 'portHeld') return stay(life, { ...state, holder: event.holder });
  return fromLaunched({ state, life, event, facts });
};

/** What installing and starting share. */
const fromLaunched: Step<'installing' | 'starting'> = ({ state, life, event, facts }) => {
  if (event.kind === 'deadlinePassed') return stay(life, { ...state, isStalled: true }, [{ kind: 'releaseSlot' }]);
  if (event.kind === 'launchFailed') return enter(life, toError(event.failure), facts, [{ kind: 'closeRun', runId: state.runId, failure: event.failure }, { kind: 'release' }]);
  return fromRunning({ state, life, event, facts });
};

const fromStarted: Step<'started'> = ({ state, life, event, facts }) => {
  if (event.kind === 'probed') return hear({ state, life, event, facts });
  if (event.kind === 'ended') return endRun(life, facts, { runId: state.runId, failure: event.failure, canBeSuccess: true, readyAtMs: state.readyAtMs });
  return fromRunning({ state, life, event, facts });
};

/** What every state with a living tree shares. */
const fromRunning: Step<'installing' | 'starting' | 'started'> = ({ state, life, event, facts }) => {
  if (event.kind === 'stop') return stopTree(life, facts, state.runId, { kind: 'stopped' });
  if (event.kind === 'restart') return stopTree(life, facts, state.runId, { kind: 'start' });
  if (event.kind === 'replaced') return stay(life, state, [{ kind: 'adoptPid', runId: state.runId, pid: event.pid }]);
  if (event.kind !== 'lost') return null;
  const failure = createFailure('lost');
  const next: LifeState = life.desired === 'stopped' ? { kind: 'stopped', exitCode: null } : toError(failure);
  return enter(life, next, facts, [{ kind: 'closeRun', runId: state.runId, failure }, { kind: 'release' }]);
};

/** Counts how long nothing has listened: failing first, then gone, whatever the script still does. */
const hear: Step<'started'> = ({ state, life, event, facts }) => {
  if (event.kind !== 'probed') return null;
  if (event.holds) return stay(life, { ...state, health: 'ok', silentSinceMs: null });
  if (event.listens) return stay(life, { ...state, health: 'slow', silentSinceMs: null });
  const silentSinceMs = state.silentSinceMs ?? facts.nowMs;
  const silentMs = facts.nowMs - silentSinceMs;
  if (silentMs >= facts.silence.goneMs) {
    return stopTree(life, facts, state.runId, { kind: 'exit', failure: createFailure('app_gone'), readyAtMs: state.readyAtMs });
  }
  return stay(life, { ...state, silentSinceMs, health: silentMs >= facts.silence.failingMs ? 'failing' : state.health });
};

const fromStopping: Step<'stopping' | 'orphaned'> = ({ state, life, event, facts }) => {
  if (event.kind === 'start' || event.kind === 'restart') return stay(life, { ...state, next: { kind: 'start' } });
  if (event.kind === 'stop') return stay(life, { ...state, next: { kind: 'stopped' } });
  if (event.kind === 'proven') return endStop({ state, life, event, facts });
  if (event.kind !== 'stuck') return null;
  const failure = createFailure('stuck', { subject: event.pids.join(', ') });
  return enter(life, { kind: 'error', failure, stuckPids: [...event.pids], stuckRunId: state.runId, checks: [] }, facts, [{ kind: 'releaseSlot' }]);
};

const endStop: Step<'stopping' | 'orphaned'> = ({ state, life, event, facts }) => {
  const { next, runId } = state;
  if (next.kind === 'exit' && runId !== null) return endRun(life, facts, { runId, failure: next.failure, canBeSuccess: false, readyAtMs: next.readyAtMs });
  const closeRun: LifeEffect[] = runId === null || state.kind === 'orphaned' ? [] : [{ kind: 'closeRun', runId, failure: null }];
  if (next.kind === 'start') {
    return enter({ ...life, attempt: 0, failedAtMs: [] }, { kind: 'queued' }, facts, [...closeRun, { kind: 'release' }, { kind: 'prepare' }]);
  }
  return enter(life, { kind: 'stopped', exitCode: event.kind === 'proven' ? event.exitCode : null }, facts, [...closeRun, { kind: 'release' }]);
};

const fromBackoff: Step<'backoff'> = ({ life, event, facts }) => {
  if (event.kind === 'retry') return enter(life, { kind: 'queued' }, facts, [{ kind: 'prepare' }]);
  if (event.kind === 'start' || event.kind === 'restart') return enter({ ...life, attempt: 0, failedAtMs: [] }, { kind: 'queued' }, facts, [{ kind: 'prepare' }]);
  return event.kind === 'stop' ? stopTree(life, facts, null, { kind: 'stopped' }) : null;
};

function launch(life: Life, { phase, runId, deadlineMs }: Extract<LifeEvent, { kind: 'prepared' }>, facts: LifeFacts): LifeDecision {
  const state: LifeState = phase === 'run'
    ? { kind: 'starting', runId, deadlineMs, isStalled: false, holder: null }
    : { kind: 'installing', mode: phase === 'install' ? 'verb' : 'single', runId, deadlineMs, isStalled: false };
  return enter(life, state, facts, [{ kind: 'launch', runId, phase }]);
}

/** An install that ends well is followed by the run; any other end is an error, never a restart. */
const endInstall: Step<'installing'> = ({ state, life, event, facts }) => {
  if (event.kind !== 'ended') return null;
  const { failure, next } = event;
  const isGood = failure.exitCode === 0 && failure.signal === null;
  if (isGood && state.mode === 'verb' && life.desired === 'running') {
    const starting: LifeState = { kind: 'starting', ...next, isStalled: false, holder: null };
    return enter(life, starting, facts, [
      { kind: 'closeRun', runId: state.runId, failure: null }, { kind: 'stampInstall' }, { kind: 'launch', runId: next.runId, phase: 'run' },
    ]);
  }
  if (isGood && facts.mayEndUnready) {
    const effects: LifeEffect[] = [{ kind: 'closeRun', runId: state.runId, failure: null }, { kind: 'stampInstall' }, { kind: 'release' }];
    return enter({ ...life, desired: 'stopped' }, { kind: 'stopped', exitCode: failure.exitCode }, facts, effects);
  }
  return failInstall(state.runId, failure.cause === 'unknown' ? { ...failure, cause: isGood ? 'app_gone' : 'install_failed' } : failure, life, facts);
};

function failInstall(runId: RunId, why: Failure, life: Life, facts: LifeFacts): LifeDecision {
  const next: LifeState = life.desired === 'stopped' ? { kind: 'stopped', exitCode: why.exitCode } : toError(why);
  return enter(life, next, facts, [{ kind: 'closeRun', runId, failure: why }, { kind: 'release' }]);
}

function endRun(life: Life, facts: LifeFacts, { runId, ...end }: UnwantedEnd & { runId: RunId }): LifeDecision {
  const ended: LifeEffect = { kind: 'release' };
  if (life.desired === 'stopped') {
    return enter(life, { kind: 'stopped', exitCode: end.failure.exitCode }, facts, [{ kind: 'closeRun', runId, failure: null }, ended]);
  }
  const failure = end.failure.exitCode === 0 && end.failure.cause === 'unknown' && !end.canBeSuccess ? { ...end.failure, cause: 'app_gone' as const } : end.failure;
  const decision = decideRestart({ ...end, failure }, facts.restart, { ...life, ...facts });
  if (decision.kind === 'stopped') {
    return enter({ ...life, desired: 'stopped' }, { kind: 'stopped', exitCode: decision.exitCode }, facts, [{ kind: 'closeRun', runId, failure: null }, ended]);
  }
  const effects: LifeEffect[] = [{ kind: 'closeRun', runId, failure }, ended];
  const remembered = { ...life, failedAtMs: [...decision.failedAtMs] };
  if (decision.kind === 'error') return enter(remembered, toError(decision.failure), facts, effects);
  const { retryAtMs, attempt } = decision;
  return enter({ ...remembered, attempt }, { kind: 'backoff', retryAtMs, failure: decision.failure }, facts, [...effects, { kind: 'retryAt', atMs: retryAtMs }]);
}

function stopTree(life: Life, facts: LifeFacts, runId: RunId | null, next: Afterwards): LifeDecision {
  const cancel: LifeEffect[] = runId === null ? [{ kind: 'cancelPreparation' }] : [];
  return enter(life, { kind: 'stopping', runId, next }, facts, [...cancel, { kind: 'endTree', runId }]);
}

function startedState({ runId, address }: Extract<LifeEvent, { kind: 'ready' }>, { nowMs }: LifeFacts): LifeState {
  return { kind: 'started', runId, readyAtMs: nowMs, address, health: address === null ? 'unknown' : 'ok', silentSinceMs: null };
}

function toError(failure: Failure, checks: readonly PreflightCheck[] = []): LifeState {
  return { kind: 'error', failure, stuckPids: [], stuckRunId: null, checks: [...checks] };
}

function enter(life: Life, state: LifeState, { nowMs }: LifeFacts, effects: readonly LifeEffect[]): LifeDecision {
  return { life: { ...life, state, sinceMs: nowMs }, effects };
}

function stay(life: Life, state: LifeState, effects: readonly LifeEffect[] = []): LifeDecision {
  return { life: { ...life, state }, effects };
}

/** News of an earlier run, such as a probe that was under way when the run ended. */
function isAboutAnotherRun(state: LifeState, event: LifeEvent): boolean {
  if (event.kind === 'prepared' || event.kind === 'straysFound' || !('runId' in event)) return false;
  return !('runId' in state) || state.runId !== event.runId;
}
