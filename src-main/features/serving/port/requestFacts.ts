import type { IncomingMessage } from 'node:http';
import type { CallerFacts } from './callerPolicy.ts';

const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via', 'cf-connecting-ip', 'true-client-ip'];
const SAME_SITE = new Set(['same-origin', 'none']);

/** Reads from a request what decides who asks. */
export function readCallerFacts(request: IncomingMessage, { isOwner, isLoopbackOpen }: Pick<CallerFacts, 'isOwner' | 'isLoopbackOpen'>): CallerFacts {
  const site = request.headers['sec-fetch-site'];
  return {
    isOwner, isLoopbackOpen,
    isLoopbackPeer: isLoopback(request.socket.remoteAddress),
    isForwarded: FORWARDING_HEADERS.some((name) => request.headers[name] !== undefined),
    isCrossSite: typeof site === 'string' && !SAME_SITE.has(site),
    secret: readSecret(request),
  };
}

/** The key of a request: `Authorization: Bearer …`, or `x-api-key` as Anthropic's clients send it. */
export function readSecret({ headers }: IncomingMessage): string | null {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
  const named = headers['x-api-key'];
  return bearer ?? (typeof named === 'string' && named !== '' ? named : null);
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address));
}
