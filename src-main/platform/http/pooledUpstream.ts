import { Pool } from 'undici';
import type { Clock } from '../../base/clock.ts';
import { joinPath } from './joinPath.ts';
import type { Upstream, UpstreamRequest, UpstreamResponse, UpstreamTarget } from './upstream.ts';

/** llama-server closes idle connections after 5 s: one that idled longer than this is not used again. */
const IDLE_MS = 4_000;
/** A pool that nobody asked for so long belongs to an engine that is gone. */
const FORGET_AFTER_MS = 10 * 60_000;

interface KeptPool { readonly pool: Pool; usedAtMs: number }

/** Keeps one pool of connections per target. Nothing is limited in time: models load and think for as long as they need. */
export class PooledUpstream implements Upstream {
  readonly #clock: Clock;
  readonly #pools = new Map<string, KeptPool>();

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
  }

  async send({ target, method, path, headers, body, signal }: UpstreamRequest): Promise<UpstreamResponse> {
    const { statusCode, headers: answered, body: bytes } = await this.#poolOf(target).request({
      method, path: joinPath(target.origin, path), headers: { ...headers, ...target.headers }, body: body ?? null, signal,
    });
    return { status: statusCode, headers: answered, body: bytes };
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.destroy()));
  }

  #poolOf({ origin, socketPath }: UpstreamTarget): Pool {
    const key = `${origin} ${socketPath ?? ''}`;
    const nowMs = this.#clock.monotonicMs();
    const kept = this.#pools.get(key);
    if (kept !== undefined) {
      kept.usedAtMs = nowMs;
      return kept.pool;
    }
    this.#forgetOld(nowMs);
    const pool = new Pool(new URL(origin).origin, {
      connections: null, pipelining: 1, keepAliveTimeout: IDLE_MS, keepAliveMaxTimeout: IDLE_MS, headersTimeout: 0, bodyTimeout: 0,
      connect: socketPath === null ? { timeout: 10_000 } : { socketPath, timeout: 10_000 },
    });
    this.#pools.set(key, { pool, usedAtMs: nowMs });
    return pool;
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { pool, usedAtMs }] of this.#pools) {
      if (nowMs - usedAtMs < FORGET_AFTER_MS || pool.stats.running + pool.stats.pending > 0) continue;
      this.#pools.delete(key);
      pool.destroy().catch(() => undefined);
    }
  }
}
