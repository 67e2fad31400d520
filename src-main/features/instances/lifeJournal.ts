import type { JournalFact } from '../journal/index.ts';
import { getFailure, getHealth, getRunId, type Life } from './lifeState.ts';

/** What the journal keeps of a change: every change of status and of health is a row; null for anything less. */
export function describeTransition(before: Life, after: Life): Pick<JournalFact, 'event' | 'from' | 'to' | 'cause' | 'details'> | null {
  const failure = getFailure(after.state);
  const cause = failure === null ? null : failure.cause;
  if (before.state.kind !== after.state.kind) {
    const runId = getRunId(after.state) ?? getRunId(before.state);
    const why = failure === null ? {} : { exitCode: failure.exitCode, subject: failure.subject, evidence: failure.evidence };
    return { event: 'instance.status', from: before.state.kind, to: after.state.kind, cause, details: { runId, attempt: after.attempt, ...why } };
  }
  const [from, to] = [getHealth(before.state), getHealth(after.state)];
  return from === to ? null : { event: 'instance.health', from, to, cause, details: { status: after.state.kind } };
}
