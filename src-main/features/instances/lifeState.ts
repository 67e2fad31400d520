import { z } from 'zod';
import { runId } from '#contract/ids.ts';
import { instanceCause, preflightCheck, type InstanceHealth } from '#contract/instances.ts';

/** Why something did not go as wanted, and what shows it. */
export const failure = z.object({
  cause: instanceCause,
  evidence: z.string().nullable(),
  subject: z.string().nullable(),
  exitCode: z.int().nullable(),
  signal: z.int().nullable(),
});
export type Failure = z.infer<typeof failure>;

/** What follows once the processes are proven gone. */
const afterwards = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stopped') }),
  z.object({ kind: z.literal('start') }),
  /** The app had gone while its script lived: decided like an exit. */
  z.object({ kind: z.literal('exit'), failure, readyAtMs: z.number() }),
]);
export type Afterwards = z.infer<typeof afterwards>;

/** Someone else who listens on the port that this instance waits for. */
const portHolder = z.object({ pid: z.int().nullable(), command: z.string().nullable() });
export type PortHolder = z.infer<typeof portHolder>;

/** Where an instance stands; one value, kept in the database. */
export const lifeState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stopped'), exitCode: z.int().nullable() }),
  z.object({ kind: z.literal('queued') }),
  /** `single` is AiKore's way: one pass installs and runs. */
  z.object({ kind: z.literal('installing'), mode: z.enum(['verb', 'single']), runId, deadlineMs: z.number(), isStalled: z.boolean() }),
  z.object({ kind: z.literal('starting'), runId, deadlineMs: z.number(), isStalled: z.boolean(), holder: portHolder.nullable() }),
  z.object({
    kind: z.literal('started'), runId, readyAtMs: z.number(), address: z.string().nullable(),
    health: z.enum(['unknown', 'ok', 'slow', 'failing']), silentSinceMs: z.number().nullable(),
  }),
  z.object({ kind: z.literal('stopping'), runId: runId.nullable(), next: afterwards }),
  z.object({ kind: z.literal('backoff'), retryAtMs: z.number(), failure }),
  z.object({ kind: z.literal('error'), failure, stuckPids: z.array(z.int()), stuckRunId: runId.nullable(), checks: z.array(preflightCheck) }),
  /** Processes of a run that is over still live and are being ended. */
  z.object({ kind: z.literal('orphaned'), runId, next: afterwards }),
]);
export type LifeState = z.infer<typeof lifeState>;
export type LifeStateOf<K extends LifeState['kind']> = Extract<LifeState, { kind: K }>;

/** An instance's life: what its user wants, where it stands, and what its restarts remember. */
export const life = z.object({
  desired: z.enum(['running', 'stopped']),
  sinceMs: z.number(),
  /** How many restarts lie behind it since it was last up for long. */
  attempt: z.int(),
  failedAtMs: z.array(z.number()),
  state: lifeState,
});
export type Life = z.infer<typeof life>;

/** The life of an instance that was never started. */
export function createLife(nowMs: number): Life {
  return { desired: 'stopped', sinceMs: nowMs, attempt: 0, failedAtMs: [], state: { kind: 'stopped', exitCode: null } };
}

/** The run that a state is about, null where there is none. */
export function getRunId(state: LifeState): LifeStateOf<'started'>['runId'] | null {
  if (state.kind === 'error') return state.stuckRunId;
  return 'runId' in state ? state.runId : null;
}

/** Whether processes may be alive, or are about to be. */
export function isLive(state: LifeState): boolean {
  return state.kind !== 'stopped' && !(state.kind === 'error' && state.stuckPids.length === 0);
}

/** Health as it is shown; `slow` while installing or starting is *stalled*. */
export function getHealth(state: LifeState): InstanceHealth {
  if (state.kind === 'installing' || state.kind === 'starting') return state.isStalled ? 'slow' : 'unknown';
  return state.kind === 'started' ? state.health : 'unknown';
}

/** What is known to be wrong in a state, null where nothing is. */
export function getFailure(state: LifeState): Failure | null {
  if ('failure' in state) return state.failure;
  if ('next' in state) return state.next.kind === 'exit' ? state.next.failure : null;
  if (state.kind === 'starting' && state.holder !== null) return toHolderFailure(state.holder);
  return state.kind === 'started' && state.health === 'failing' ? createFailure('app_gone') : null;
}

function toHolderFailure({ pid, command }: PortHolder): Failure {
  return createFailure('port_in_use', { evidence: command, subject: pid === null ? null : `pid ${pid}` });
}

/** A failure that no exit explains. */
export function createFailure(cause: Failure['cause'], details: Partial<Failure> = {}): Failure {
  return { evidence: null, subject: null, exitCode: null, signal: null, ...details, cause };
}
