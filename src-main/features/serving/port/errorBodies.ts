import type { JsonObject } from './json.ts';
import type { PortProblem } from './portError.ts';

/** Whose words an endpoint speaks. */
export type Dialect = 'openai' | 'anthropic' | 'ollama';

const OPENAI_TYPES: Readonly<Record<number, string>> = { 401: 'authentication_error', 403: 'permission_error', 429: 'rate_limit_error' };
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error', 403: 'permission_error', 404: 'not_found_error', 413: 'request_too_large', 429: 'rate_limit_error', 503: 'overloaded_error',
};

/** The body of an error in the words of the endpoint. */
export function toErrorBody(problem: PortProblem, dialect: Dialect, requestId: string): JsonObject {
  const { status, code, message, param } = problem;
  const fallback = status < 500 ? 'invalid_request_error' : dialect === 'anthropic' ? 'api_error' : 'server_error';
  switch (dialect) {
    case 'openai': return { error: { message, type: OPENAI_TYPES[status] ?? fallback, param, code } };
    case 'anthropic': return { type: 'error', error: { type: ANTHROPIC_TYPES[status] ?? fallback, message }, request_id: requestId };
    case 'ollama': return { error: message };
  }
}

/** SDKs heed no longer wait than this, and ask again at once instead. */
const LONGEST_WAIT_MS = 60_000;

/** The headers by which SDKs decide whether and when to ask again. */
export function toErrorHeaders({ status, retryAfterMs, shouldRetry: wished }: PortProblem): Record<string, string> {
  const shouldRetry = retryAfterMs !== null && retryAfterMs > LONGEST_WAIT_MS ? false : wished;
  return {
    ...(retryAfterMs !== null && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))), 'retry-after-ms': String(Math.max(1, Math.ceil(retryAfterMs))) }),
    ...(shouldRetry !== null && { 'x-should-retry': String(shouldRetry) }),
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  };
}
