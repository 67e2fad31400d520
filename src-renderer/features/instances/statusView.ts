import type { Instance, InstanceCause, InstanceStage, InstanceStatus } from '#contract/instances.ts';

/** The word shown for an instance's status. */
export type StatusKind = InstanceStatus | 'stalled';

export interface StatusView {
  kind: StatusKind;
  /** Why, shown in the same row; null while all is well. */
  cause: InstanceCause | null;
  stage: InstanceStage | null;
  /** Whole seconds until the next try; null outside backoff. */
  secondsLeft: number | null;
}

type StatusFacts = Pick<Instance, 'status' | 'health' | 'cause' | 'stage' | 'retryAtMs'>;

/** What a row says about an instance's life. A projection of the backend's facts; decides nothing itself. */
export function toStatusView(facts: StatusFacts, nowMs: number): StatusView {
  return {
    kind: toStatusKind(facts),
    cause: isTroubled(facts) ? facts.cause : null,
    stage: facts.status === 'installing' || facts.status === 'starting' ? facts.stage : null,
    secondsLeft: facts.status === 'backoff' && facts.retryAtMs !== null ? Math.max(0, Math.ceil((facts.retryAtMs - nowMs) / 1000)) : null,
  };
}

export function toStatusKind({ status, health }: Pick<Instance, 'status' | 'health'>): StatusKind {
  return health === 'slow' && (status === 'installing' || status === 'starting') ? 'stalled' : status;
}

function isTroubled({ status, health }: StatusFacts): boolean {
  return status === 'error' || status === 'backoff' || status === 'orphaned' || health === 'failing';
}

/** Statuses in which processes may be alive or about to be. */
export function isLive(status: InstanceStatus): boolean {
  return status !== 'stopped' && status !== 'error';
}

const severity: readonly StatusKind[] = ['error', 'orphaned', 'backoff', 'stalled', 'stopping', 'installing', 'starting', 'queued', 'started', 'stopped'];

/** For sorting by status: what needs a person comes first, what sleeps last. */
export function rankStatus(facts: Pick<Instance, 'status' | 'health'>): number {
  return severity.indexOf(toStatusKind(facts));
}
