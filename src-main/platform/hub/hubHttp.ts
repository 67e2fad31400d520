import { AppError } from '#contract/errors.ts';
import type { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { toHubError } from './hubRefusal.ts';
import { planRetry, readRetryAfterMs, type AttemptEnd } from './retryPolicy.ts';

export interface HubHttpDeps {
  /** `https://huggingface.co`, or what HF_ENDPOINT names. */
  endpoint: string;
  getToken: () => string | null;
  fetch: typeof fetch;
  clock: Clock;
  log: Logger;
  userAgent: string;
}

export interface HubRequest {
  /** What it is about, for errors. */
  repo: string;
  method?: 'GET' | 'HEAD';
  headers?: Record<string, string>;
  redirect?: 'follow' | 'manual';
  /** Refusals that the caller reads by itself. */
  passes?: readonly number[];
  signal?: AbortSignal | undefined;
}

const HEADERS_TIMEOUT_MS = 20_000;
const BODY_TIMEOUT_MS = 60_000;
/** A hub that is out of order may refuse a good token too. */
const REFUSED_FOR_MS = 600_000;
const MAX_BODY_BYTES = 32_000_000;

/** Requests to the hub: with the token where it belongs, again where that helps, and with declared errors. */
export class HubHttp {
  readonly #deps: HubHttpDeps;
  readonly endpoint: string;
  #refused: { token: string; untilMs: number } | null = null;

  constructor(deps: HubHttpDeps) {
    this.#deps = deps;
    this.endpoint = deps.endpoint.replace(/\/+$/, '');
  }

  /** The token for the hub's own origin; any other host gets none. */
  headersFor(url: string): Record<string, string> {
    const token = this.#getGoodToken();
    const isOwn = token !== null && new URL(url, this.endpoint).origin === new URL(this.endpoint).origin;
    return { 'User-Agent': this.#deps.userAgent, ...(isOwn ? { Authorization: `Bearer ${token}` } : {}) };
  }

  /** The answer of a request that the hub did not refuse; its body is still to be read. */
  async request(url: string, request: HubRequest): Promise<Response> {
    for (let retries = 0; ; retries += 1) {
      const sent = this.#getGoodToken();
      const attempt = await this.#attempt(url, request);
      if (attempt instanceof Response && isPassed(attempt, request)) return attempt;
      if (attempt instanceof Response && this.#noteRefusedToken(attempt, sent)) continue;
      const waitMs = planRetry(this.#endOf(attempt), retries);
      if (waitMs === null) throw this.#toError(url, request, attempt);
      if (attempt instanceof Response) await attempt.body?.cancel();
      this.#deps.log.debug('hub.retry', { path: pathOf(url), waitMs, status: attempt instanceof Response ? attempt.status : null });
      await this.#deps.clock.sleep(waitMs, request.signal);
    }
  }

  /** Parses a JSON answer. @throws hub.protocol when it is not what was asked for */
  async readJson<T>(url: string, schema: z.ZodType<T>, request: HubRequest): Promise<{ value: T; headers: Headers }> {
    const response = await this.request(url, { ...request, headers: { Accept: 'application/json', ...request.headers } });
    const text = await this.readText(response, url);
    return { value: parseAnswer(schema, parseJson(text, url), url), headers: response.headers };
  }

  /** The whole body as text. @throws hub.protocol past 32 MB, hub.unreachable when it breaks off or takes a minute */
  async readText(response: Response, url: string): Promise<string> {
    const reader = response.body?.getReader();
    if (reader === undefined) return '';
    const late = new AbortController();
    const stopWaiting = this.#deps.clock.after(BODY_TIMEOUT_MS, () => { late.abort(); reader.cancel().catch(() => undefined); });
    const text = await readLimited(reader).catch((error: unknown) => { throw this.#unreachable('the connection broke', error); }).finally(stopWaiting);
    if (late.signal.aborted) throw this.#unreachable('the answer did not end', null);
    if (text === null) throw new AppError('hub.protocol', 'an answer without end', { what: `more than 32 MB for ${pathOf(url)}` });
    return text;
  }

  #getGoodToken(): string | null {
    const token = this.#deps.getToken();
    const isRefused = this.#refused !== null && this.#refused.token === token && this.#deps.clock.monotonicMs() < this.#refused.untilMs;
    return isRefused ? null : token;
  }

  /** The hub answers 401 even for what is public when the token is old: then what is public is asked for without it. */
  #noteRefusedToken({ status, headers }: Response, token: string | null): boolean {
    if (token === null || status !== 401 || headers.has('x-error-code')) return false;
    this.#refused = { token, untilMs: this.#deps.clock.monotonicMs() + REFUSED_FOR_MS };
    this.#deps.log.warn('hub.token_refused', { endpoint: this.endpoint });
    return true;
  }

  async #attempt(url: string, { method = 'GET', headers, redirect = 'follow', signal }: HubRequest): Promise<unknown> {
    signal?.throwIfAborted();
    const timeout = new AbortController();
    const stopWaiting = this.#deps.clock.after(HEADERS_TIMEOUT_MS, () => { timeout.abort(new DOMException('no answer in time', 'TimeoutError')); });
    try {
      const signals = signal === undefined ? timeout.signal : AbortSignal.any([timeout.signal, signal]);
      return await this.#deps.fetch(url, { method, redirect, signal: signals, headers: { ...headers, ...this.headersFor(url) } });
    } catch (error) {
      signal?.throwIfAborted();
      return error;
    } finally {
      stopWaiting();
    }
  }

  #endOf(attempt: unknown): AttemptEnd {
    if (!(attempt instanceof Response)) return { kind: 'broken' };
    const { status, headers } = attempt;
    return { kind: 'status', status, retryAfterMs: readRetryAfterMs(headers, this.#deps.clock.nowMs()) };
  }

  #toError(url: string, { repo, method = 'GET' }: HubRequest, attempt: unknown): AppError {
    if (!(attempt instanceof Response)) return this.#unreachable(reasonOf(attempt), attempt);
    const { status, headers } = attempt;
    if (status === 429) return new AppError('hub.rate_limited', 'too many requests', { retryAfterMs: readRetryAfterMs(headers, this.#deps.clock.nowMs()) ?? 60_000 });
    if (status >= 500 || status === 408) return this.#unreachable(`it answered ${status}`, null);
    return toHubError({ status, code: headers.get('x-error-code'), hasToken: this.#deps.getToken() !== null, repo, request: `${method} ${pathOf(url)}` });
  }

  #unreachable(reason: string, cause: unknown): AppError {
    return new AppError('hub.unreachable', 'the hub cannot be reached', { endpoint: this.endpoint, reason }, { cause });
  }
}

function isPassed({ status }: Response, { passes = [] }: HubRequest): boolean {
  return status < 400 || passes.includes(status);
}

/** Null past the limit. */
async function readLimited(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | null> {
  const parts: Uint8Array[] = [];
  let byteCount = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    byteCount += read.value.length;
    if (byteCount > MAX_BODY_BYTES) { await reader.cancel(); return null; }
    parts.push(read.value);
  }
  return Buffer.concat(parts).toString();
}

/** A value of an answer as its schema has it. @throws hub.protocol */
export function parseAnswer<T>(schema: z.ZodType<T>, value: unknown, url: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError('hub.protocol', 'an answer of another shape', { what: `${pathOf(url)}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}` });
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new AppError('hub.protocol', 'an answer that is not JSON', { what: `no JSON for ${pathOf(url)}` }, { cause: error });
  }
}

/** Without the query, where signatures stand. */
function pathOf(url: string): string {
  return new URL(url).pathname;
}

/** undici says "fetch failed" and keeps the reason in the cause. */
function reasonOf(error: unknown): string {
  const inner: unknown = error instanceof Error ? error.cause ?? error : error;
  if (!(inner instanceof Error)) return 'no connection';
  return 'code' in inner && typeof inner.code === 'string' ? inner.code : inner.message;
}
