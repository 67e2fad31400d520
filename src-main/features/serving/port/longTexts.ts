import { randomBytes } from 'node:crypto';
import type { Upstream, UpstreamRequest, UpstreamResponse } from '../../../platform/http/upstream.ts';
import { isObject } from './json.ts';

/** Bodies smaller than this are parsed within moments, whatever they hold. */
const LARGE_BODY_BYTES = 1024 * 1024;
/** A string that is longer is set aside. */
const LONG_BYTES = 256 * 1024;
/** So much of it stays where it was, for whoever looks at how it begins. */
const KEPT_BYTES = 128;
/** More strings than any body has that holds pictures. */
const MOST_STRINGS = 50_000;
/** What is set aside begins like base64, so that its mark must look like it too. Some write a slash with a backslash before it. */
const BASE64 = /^(data:[\w.+-]+\\?\/[\w.+-]+;base64,)?([\w+=-]|\\?\/)*\\?$/;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const NUMBER_LETTERS = 6;

/**
 * The pictures, sounds and films of one request, which come as base64 within its JSON. Nobody here reads them, and parsing
 * and writing 30 MB would hold everybody up: they are taken out of the body, marked there, and put back where a mark
 * is in what goes to the engine.
 */
export class LongTexts {
  /** Not to be guessed, so that no client can write a mark; none while nothing was set aside. */
  #mark = '';
  readonly #texts: Buffer[] = [];

  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  /** The body with marks in place of all but the beginning of each long text. */
  setAside(body: Buffer): Buffer {
    if (body.byteLength < LARGE_BODY_BYTES) return body;
    const pieces: Buffer[] = [];
    let from = 0;
    let start = body.indexOf(QUOTE) + 1;
    for (let count = 0; start > 0 && count < MOST_STRINGS; count += 1) {
      const end = findStringEnd(body, start);
      if (isLongText(body.subarray(start, end))) {
        const cut = start + KEPT_BYTES + Number(body[start + KEPT_BYTES - 1] === BACKSLASH);
        pieces.push(body.subarray(from, cut), Buffer.from(this.#keep(body.subarray(cut, end))));
        from = end;
      }
      start = body.indexOf(QUOTE, end + 1) + 1;
    }
    return pieces.length === 0 ? body : Buffer.concat([...pieces, body.subarray(from)]);
  }

  /** JSON with what was set aside in the place of its marks, in pieces, since joining them would be a copy of it all. */
  restore(json: string | Uint8Array): Uint8Array[] {
    const body = Buffer.from(json);
    if (this.isEmpty) return [body];
    const pieces: Uint8Array[] = [];
    let from = 0;
    for (let at = body.indexOf(this.#mark); at >= 0; at = body.indexOf(this.#mark, from)) {
      const behind = at + this.#mark.length;
      pieces.push(body.subarray(from, at), this.#read(body.toString('latin1', behind, behind + NUMBER_LETTERS)));
      from = behind + NUMBER_LETTERS;
    }
    return [...pieces, body.subarray(from)];
  }

  /** The same for a value, for what is kept longer than the request. */
  restoreValue<T>(value: T): T;
  restoreValue(value: unknown): unknown {
    if (this.isEmpty) return value;
    if (typeof value === 'string') return value.includes(this.#mark) ? JSON.parse(Buffer.concat(this.restore(JSON.stringify(value))).toString()) as string : value;
    if (Array.isArray(value)) return value.map((one: unknown) => this.restoreValue(one));
    return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.restoreValue(inner)])) : value;
  }

  #keep(text: Buffer): string {
    this.#mark ||= `/${randomBytes(18).toString('base64url')}/`;
    this.#texts.push(text);
    return `${this.#mark}${String(this.#texts.length - 1).padStart(NUMBER_LETTERS, '0')}`;
  }

  #read(number: string): Buffer {
    return this.#texts[Number(number)] ?? Buffer.alloc(0);
  }
}

/** Puts back into each request what was set aside of the one that it answers. */
export class RestoringUpstream implements Pick<Upstream, 'send'> {
  readonly #upstream: Pick<Upstream, 'send'>;
  readonly #texts: LongTexts;

  constructor(upstream: Pick<Upstream, 'send'>, texts: LongTexts) {
    this.#upstream = upstream;
    this.#texts = texts;
  }

  send(request: UpstreamRequest): Promise<UpstreamResponse> {
    const { body } = request;
    return this.#upstream.send(typeof body === 'string' || body instanceof Uint8Array ? { ...request, body: this.#texts.restore(body) } : request);
  }
}

function isLongText(text: Buffer): boolean {
  return text.byteLength >= LONG_BYTES && BASE64.test(text.toString('latin1', 0, KEPT_BYTES));
}

/** Where the quote is that ends a string; behind the last byte when there is none. */
function findStringEnd(body: Buffer, start: number): number {
  for (let end = body.indexOf(QUOTE, start); end >= 0; end = body.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (end - backslashes > start && body[end - backslashes - 1] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return body.byteLength;
}
