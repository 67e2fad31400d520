import type { ApiKeyScope } from '#contract/apiKeys.ts';
import type { KeyCheck } from '../keys/apiKeyService.ts';
import type { KeyLimits } from '../keys/keyLimitPolicy.ts';

/** Who asks, and what they may. */
export interface Caller {
  readonly keyId: string | null;
  readonly keyName: string;
  readonly scopes: readonly ApiKeyScope[];
  /** Patterns; none allows every model. */
  readonly models: readonly string[];
  readonly limits: KeyLimits;
  readonly priority: number;
}

/** What is known of a request before its key is looked at. */
export interface CallerFacts {
  /** Came with the window's session, the token for scripts, or over the local socket. */
  readonly isOwner: boolean;
  /** The other end of the connection is this machine. */
  readonly isLoopbackPeer: boolean;
  /** A proxy says that it passes on what came from elsewhere. */
  readonly isForwarded: boolean;
  /** A browser says that another site's page makes it. */
  readonly isCrossSite: boolean;
  /** The setting: whoever is on this machine needs no key. */
  readonly isLoopbackOpen: boolean;
  /** What the client showed; null when nothing. */
  readonly secret: string | null;
}

export type CallerDecision = { readonly kind: 'caller'; readonly caller: Caller } | { readonly kind: 'refused'; readonly reason: 'missing' | 'unknown' | 'revoked' | 'expired' };

const NO_LIMITS: KeyLimits = { requestsPerMinute: null, tokensPerMinute: null, tokensPerDay: null, concurrentRequests: null };
const EVERYTHING: Omit<Caller, 'keyName'> = { keyId: null, scopes: ['infer', 'read', 'manage'], models: [], limits: NO_LIMITS, priority: 0 };
const OWNER: Caller = { ...EVERYTHING, keyName: 'Wheelhouse' };
const LOOPBACK: Caller = { ...EVERYTHING, keyName: 'loopback' };

/**
 * Decides who asks. A key that looks like ours must be right, wherever it comes from; anything else that a client shows
 * counts as nothing on an open loopback, because most SDKs insist on some key.
 */
export function decideCaller(facts: CallerFacts, check: (secret: string) => KeyCheck, prefix: string): CallerDecision {
  if (facts.isOwner) return { kind: 'caller', caller: OWNER };
  const isOpen = facts.isLoopbackOpen && facts.isLoopbackPeer && !facts.isForwarded && !facts.isCrossSite;
  if (isOpen && facts.secret?.startsWith(prefix) !== true) return { kind: 'caller', caller: LOOPBACK };
  if (facts.secret === null) return { kind: 'refused', reason: 'missing' };
  const checked = check(facts.secret);
  if (checked.kind !== 'known') return { kind: 'refused', reason: checked.kind };
  const { id, settings } = checked.key;
  return { kind: 'caller', caller: { keyId: id, keyName: settings.name, scopes: settings.scopes, models: settings.models, limits: settings, priority: settings.priority } };
}
