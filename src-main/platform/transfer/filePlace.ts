import type { Clock } from '../../base/clock.ts';
import type { Dispatcher } from 'undici';
import { openAnswer, type HttpAnswer } from './httpAnswer.ts';
import { parseRetryAfter } from './partRetryPolicy.ts';
import { failureOfStatus, TransferFailure } from './transferFailure.ts';

const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

interface FilePlaceOptions {
  url: string;
  /** For the first address's origin; others get the `User-Agent` only. */
  headers: Readonly<Record<string, string>>;
  dispatcher: Dispatcher;
  clock: Pick<Clock, 'nowMs'>;
}

/**
 * Where a file's bytes come from: the address that was given, then the one it leads to, asked for once and used for all parts
 * until it expires. The token goes to the origin of the first address only.
 */
export class FilePlace {
  readonly #options: FilePlaceOptions;
  readonly #first: URL;
  #known: URL | null = null;
  /** What the first address said about the content, without quotes; null where it said nothing. */
  linkedEtag: string | null = null;
  #finding: Promise<void> | null = null;

  constructor(options: FilePlaceOptions) {
    this.#options = options;
    this.#first = new URL(options.url);
  }

  /** Asks for bytes; the answer is 200 or 206. While the place is unknown one request at a time is out. @throws TransferFailure */
  async open({ range, ifRange, signal }: { range: string | null; ifRange: string | null; signal: AbortSignal }): Promise<HttpAnswer> {
    while (this.#known === null && this.#finding !== null) await this.#finding;
    const ask = { ...(range !== null && { range }), ...(range !== null && ifRange !== null && { 'if-range': ifRange }) };
    if (this.#known !== null) return this.#openAt(this.#known, ask, signal);
    const answer = this.#find(ask, signal);
    this.#finding = answer.then(() => undefined, () => undefined).finally(() => { this.#finding = null; });
    return answer;
  }

  async #find(ask: Record<string, string>, signal: AbortSignal): Promise<HttpAnswer> {
    let url = this.#first;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
      const answer = await this.#send(url, ask, signal);
      this.linkedEtag = answer.header('x-linked-etag')?.replaceAll(/^W\/|"/g, '') ?? this.linkedEtag;
      if (!REDIRECTS.has(answer.status)) {
        if (isSuccess(answer)) this.#known = url;
        return this.#accept(answer);
      }
      url = await readLocation(answer, url);
    }
    throw new TransferFailure('protocol', `more than ${MOST_REDIRECTS} redirects`);
  }

  async #openAt(url: URL, ask: Record<string, string>, signal: AbortSignal): Promise<HttpAnswer> {
    const answer = await this.#send(url, ask, signal);
    const isExpired = url !== this.#first && (REDIRECTS.has(answer.status) || [400, 401, 403, 404, 410].includes(answer.status));
    if (!isExpired) return this.#accept(answer);
    await answer.drop();
    if (this.#known === url) this.#known = null;
    return this.#find(ask, signal);
  }

  #send(url: URL, ask: Record<string, string>, signal: AbortSignal): Promise<HttpAnswer> {
    const { headers: own, dispatcher } = this.#options;
    const allowed = Object.entries(own).filter(([name]) => url.origin === this.#first.origin || name.toLowerCase() === 'user-agent');
    const headers = { ...Object.fromEntries(allowed), 'accept-encoding': 'identity', ...ask };
    return openAnswer(dispatcher, { url, headers, signal });
  }

  async #accept(answer: HttpAnswer): Promise<HttpAnswer> {
    if (isSuccess(answer)) return answer;
    await answer.drop();
    throw failureOfStatus(answer.status, parseRetryAfter(answer.header('retry-after'), this.#options.clock.nowMs()));
  }
}

function isSuccess({ status }: HttpAnswer): boolean {
  return status === 200 || status === 206;
}

async function readLocation(answer: HttpAnswer, from: URL): Promise<URL> {
  const location = answer.header('location');
  await answer.drop();
  const url = location === null ? null : URL.parse(location, from);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new TransferFailure('protocol', 'a redirect leads nowhere');
  if (from.protocol === 'https:' && url.protocol === 'http:') throw new TransferFailure('protocol', 'a redirect leaves https');
  return url;
}
