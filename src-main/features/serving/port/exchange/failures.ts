import { CANCELLED, CLIENT_GONE_STATUS, createProblem, MODEL_UNLOADED, PortError, SHUTTING_DOWN, type PortProblem } from '../portError.ts';
import { EndlessEventError } from '../upstream/serverEvents.ts';
import type { Exchange } from './exchange.ts';

const STOPPED: Readonly<Record<NonNullable<Exchange['stopCause']>, PortProblem>> = {
  client_gone: createProblem(CLIENT_GONE_STATUS, 'client_gone', 'The client went away.'),
  cancelled: CANCELLED,
  shutting_down: SHUTTING_DOWN,
};

/** Why a slot was taken away, as the scheduler says it in the cause of the reason. */
const SLOT_ENDS: Readonly<Record<string, PortProblem>> = {
  crashed: createProblem(502, 'engine_crashed', 'The engine ended in the middle of the request.'),
  forced: MODEL_UNLOADED,
  cancelled: CANCELLED,
};

/**
 * Says what a failed request ended of: whoever stopped it first, then the slot, then what the engine did. Null for what
 * nobody foresaw, which is a bug.
 */
export function explainFailure(error: unknown, exchange: Exchange, slotSignal: AbortSignal | null): PortProblem | null {
  if (exchange.stopCause !== null) return STOPPED[exchange.stopCause];
  if (slotSignal?.aborted === true) return SLOT_ENDS[readCause(slotSignal.reason)] ?? SLOT_ENDS['crashed'] ?? null;
  if (error instanceof PortError) return error.problem;
  if (error instanceof EndlessEventError) return createProblem(502, 'engine_error', 'The engine sent something that is not an answer.');
  if (isConnectionError(error)) return createProblem(502, 'engine_crashed', `The engine broke off: ${error.code}.`);
  return null;
}

function readCause(reason: unknown): string {
  return reason instanceof Error && typeof reason.cause === 'string' ? reason.cause : 'crashed';
}

/** What Node throws when a connection cannot be had or trusted, breaks, or speaks something other than HTTP. */
export function isConnectionError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^(E[A-Z]+|HPE_|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_|INVALID_|PATH_LENGTH_)/.test(error.code);
}
