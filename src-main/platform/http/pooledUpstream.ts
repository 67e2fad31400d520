import { Readable } from 'node:stream';
import { Pool } from 'undici';
import type { Clock } from '../../base/clock.ts';
import { joinPath } from './joinPath.ts';
import type { Upstream, UpstreamRequest, UpstreamResponse, UpstreamTarget } from './upstream.ts';

/** llama-server closes idle connections after 5 s: one that idled longer than this is not used again. */
const IDLE_MS = 4_000;
/** A pool that nobody asked for so long belongs to an engine that is gone. */
const FORGET_AFTER_MS = 10 * 60_000;

/** llama-server closes its connection after each stream although it says that it keeps it: the next request on it would be lost. */
const CLOSING_SERVER = 'llama.cpp';

interface KeptPool {
  readonly pool: Pool;
  /** Whether each request gets a connection of its own. */
  readonly isReset: boolean;
  usedAtMs: number;
}

/** Keeps one pool of connections per target. Nothing is limited in time: models load and think for as long as they need. */
export class PooledUpstream implements Upstream {
  readonly #clock: Clock;
  readonly #pools = new Map<string, KeptPool>();

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
  }

  async send({ target, method, path, headers, body, signal }: UpstreamRequest): Promise<UpstreamResponse> {
    const kept = this.#keep(target);
    const { statusCode, headers: answered, body: bytes } = await kept.pool.request({
      method, path: joinPath(target.origin, path), headers: { ...headers, ...(isPieces(body) && { 'content-length': String(countBytes(body)) }), ...target.headers }, body: isPieces(body) ? Readable.from(body, { objectMode: false }) : body ?? null, signal, reset: kept.isReset,
    });
    if (answered['server'] === CLOSING_SERVER && !kept.isReset) this.#replace(target, kept);
    return { status: statusCode, headers: answered, body: bytes };
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.destroy()));
  }

  #keep(target: UpstreamTarget): KeptPool {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#pools.get(toKey(target));
    if (known !== undefined) {
      known.usedAtMs = nowMs;
      return known;
    }
    this.#forgetOld(nowMs);
    return this.#open(target, false);
  }

  /** What runs goes on to its end; nothing new comes to these connections. */
  #replace(target: UpstreamTarget, { pool }: KeptPool): void {
    if (this.#pools.get(toKey(target))?.pool === pool) this.#open(target, true);
    pool.close().catch(() => undefined);
  }

  #open(target: UpstreamTarget, isReset: boolean): KeptPool {
    const { origin, socketPath } = target;
    const pool = new Pool(new URL(origin).origin, {
      connections: null, pipelining: 1, keepAliveTimeout: IDLE_MS, keepAliveMaxTimeout: IDLE_MS, headersTimeout: 0, bodyTimeout: 0,
      connect: socketPath === null ? { timeout: 10_000 } : { socketPath, timeout: 10_000 },
    });
    const kept = { pool, isReset, usedAtMs: this.#clock.monotonicMs() };
    this.#pools.set(toKey(target), kept);
    return kept;
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { pool, usedAtMs }] of this.#pools) {
      if (nowMs - usedAtMs < FORGET_AFTER_MS || pool.stats.running + pool.stats.pending > 0) continue;
      this.#pools.delete(key);
      pool.destroy().catch(() => undefined);
    }
  }
}

function toKey({ origin, socketPath }: UpstreamTarget): string {
  return `${origin} ${socketPath ?? ''}`;
}

function isPieces(body: UpstreamRequest['body']): body is readonly Uint8Array[] {
  return Array.isArray(body);
}

function countBytes(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
