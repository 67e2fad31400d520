import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { createToken } from '../../base/ids.ts';

/** The cookie of a window in a browser. */
export const SESSION_COOKIE = 'wheelhouse_session';
export const SESSION_MS = 30 * 24 * 60 * 60 * 1000;
const LINK_MS = 15 * 60 * 1000;
const MAX_LINKS = 100;

/**
 * Knows who may in: one-time links for browsers, signed sessions that outlive the backend, one lasting token for
 * scripts. `secret` signs sessions; both lie in the data folder, readable by its owner only.
 */
export class AccessService {
  readonly #deps: { secret: string; token: string; clock: Clock };
  readonly #links = new Map<string, number>();

  constructor(deps: { secret: string; token: string; clock: Clock }) {
    this.#deps = deps;
  }

  /** A token that opens the window once, within 15 minutes. */
  createLinkToken(): string {
    const token = createToken();
    this.#links.set(token, this.#deps.clock.nowMs() + LINK_MS);
    for (const oldest of [...this.#links.keys()].slice(0, Math.max(0, this.#links.size - MAX_LINKS))) this.#links.delete(oldest);
    return token;
  }

  /** Trades a link's token for a session; null when it is unknown, used or too old. */
  redeemLinkToken(token: string): string | null {
    const expiresAtMs = this.#links.get(token);
    this.#links.delete(token);
    if (expiresAtMs === undefined || expiresAtMs < this.#deps.clock.nowMs()) return null;
    return this.#sign(this.#deps.clock.nowMs() + SESSION_MS);
  }

  isSession(value: string | undefined): boolean {
    const expiresAtMs = Number(value?.split('.')[0]);
    if (value === undefined || !Number.isFinite(expiresAtMs) || expiresAtMs < this.#deps.clock.nowMs()) return false;
    return isEqual(value, this.#sign(expiresAtMs));
  }

  isToken(value: string | undefined): boolean {
    return value !== undefined && isEqual(value, this.#deps.token);
  }

  #sign(expiresAtMs: number): string {
    return `${expiresAtMs}.${createHmac('sha256', this.#deps.secret).update(`session ${expiresAtMs}`).digest('base64url')}`;
  }
}

function isEqual(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
