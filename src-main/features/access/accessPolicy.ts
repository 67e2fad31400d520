import { isIPv6 } from 'node:net';

/** What a request says of where it comes from, and what the listener knows of it. */
export interface RequestFacts {
  /** Over the local socket, whose folder only its owner can enter. */
  readonly isLocalSocket: boolean;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** A valid session cookie of the window. */
  readonly hasSession: boolean;
  /** A valid token in the Authorization header. */
  readonly hasToken: boolean;
  readonly isUpgrade: boolean;
}

export type AccessDecision = { kind: 'allow' } | { kind: 'refuse'; reason: 'host' | 'origin' | 'token' };

const refuse = (reason: 'host' | 'origin' | 'token'): AccessDecision => ({ kind: 'refuse', reason });

/**
 * Decides on one request: the Host must be one of ours (a foreign page that rebinds its name is refused), an Origin
 * must be the Host's own, and the caller needs a session or a token. A browser's WebSocket always sends an Origin, so
 * a session without one is not from our page.
 */
export function decideAccess(request: RequestFacts, allowedHosts: ReadonlySet<string>): AccessDecision {
  if (request.isLocalSocket) return request.origin === undefined ? { kind: 'allow' } : refuse('origin');
  const host = request.host?.toLowerCase();
  if (host === undefined || !allowedHosts.has(host)) return refuse('host');
  if (request.origin !== undefined && !isOwnOrigin(request.origin, host)) return refuse('origin');
  return request.hasToken ? { kind: 'allow' } : decideSession(request);
}

function decideSession({ hasSession, isUpgrade, origin }: RequestFacts): AccessDecision {
  if (!hasSession) return refuse('token');
  return isUpgrade && origin === undefined ? refuse('origin') : { kind: 'allow' };
}

function isOwnOrigin(origin: string, host: string): boolean {
  return origin.toLowerCase() === `http://${host}` || origin.toLowerCase() === `https://${host}`;
}

/** The Host headers under which a listener may be addressed: loopback's names, the bound address, and what the user allows. */
export function hostsOf({ address, port, allowed }: { address: string; port: number; allowed: readonly string[] }): ReadonlySet<string> {
  const isAnyAddress = address === '0.0.0.0' || address === '::';
  const names = ['127.0.0.1', 'localhost', '[::1]', ...(isAnyAddress ? [] : [isIPv6(address) ? `[${address}]` : address])];
  return new Set([...names.map((name) => `${name}:${port}`), ...allowed.flatMap((name) => [name.toLowerCase(), `${name.toLowerCase()}:${port}`])]);
}
