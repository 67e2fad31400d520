import type { SlotLoss } from '../../scheduler/schedulerPort.ts';
import { CANCELLED, CLIENT_GONE_STATUS, createProblem, MODEL_UNLOADED, PortError, SHUTTING_DOWN, type PortProblem } from '../portError.ts';
import { EndlessEventError } from '../upstream/serverEvents.ts';
import { ExchangeStopped, SlotLost, type Exchange, type StopCause } from './exchange.ts';

const STOPPED: Readonly<Record<StopCause, PortProblem>> = {
  client_gone: createProblem(CLIENT_GONE_STATUS, 'client_gone', 'The client went away.'),
  cancelled: CANCELLED,
  shutting_down: SHUTTING_DOWN,
};

const LOST: Readonly<Record<SlotLoss, PortProblem>> = {
  crashed: createProblem(502, 'engine_crashed', 'The engine ended in the middle of the request.'),
  forced: MODEL_UNLOADED,
  cancelled: CANCELLED,
};

/**
 * Says what a failed request ended of: what aborted it, else what the engine did. Null for what nobody foresaw, which is a
 * bug.
 */
export function explainFailure(error: unknown, { signal }: Pick<Exchange, 'signal'>): PortProblem | null {
  const reason: unknown = signal.reason;
  if (reason instanceof ExchangeStopped) return STOPPED[reason.stopCause];
  if (reason instanceof SlotLost) return LOST[reason.loss];
  if (error instanceof PortError) return error.problem;
  if (error instanceof EndlessEventError) return createProblem(502, 'engine_error', 'The engine sent something that is not an answer.');
  if (isConnectionError(error)) return createProblem(502, 'engine_crashed', `The engine broke off: ${error.code}.`);
  return null;
}

/** What Node throws when a connection cannot be had or trusted, breaks, or speaks something other than HTTP. */
export function isConnectionError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^(E[A-Z]+|HPE_|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_|INVALID_|PATH_LENGTH_)/.test(error.code);
}
