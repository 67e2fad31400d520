import { AppError, hasCode } from '#contract/errors.ts';
import { listFiles } from '@huggingface/hub';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import type { GgufHeader } from './gguf/ggufHeader.ts';
import { readGgufHeader } from './gguf/ggufHeaderReader.ts';
import { ggufLimits } from './gguf/ggufLimits.ts';
import type { Hub, HubCall, HubEntry, HubFile, HubQuery, HubRepo, ResolvedFile } from './hub.ts';
import { isSafePath, modelAnswer, toEntry, toFile, toRepo, treeRow, withoutFrontMatter } from './hubAnswers.ts';
import { HubHttp, parseAnswer, type HubHttpDeps } from './hubHttp.ts';
import { toSearchParams } from './searchParams.ts';

/** The parser's thread; a packed app gives its own copy. */
export const GGUF_WORKER_PATH = fileURLToPath(new URL('gguf/ggufWorker.ts', import.meta.url));

const MAX_FILES = 100_000;
const MAX_REDIRECTS = 5;
const RANGE_NOT_SATISFIABLE = 416;

/** huggingface.co, or whatever speaks its HTTP. */
export class HuggingFaceHub implements Hub {
  readonly #http: HubHttp;
  readonly #clock: Clock;
  readonly #ggufWorkerPath: string;

  constructor(deps: HubHttpDeps & { ggufWorkerPath: string }) {
    this.#http = new HubHttp(deps);
    this.#clock = deps.clock;
    this.#ggufWorkerPath = deps.ggufWorkerPath;
  }

  get endpoint(): string { return this.#http.endpoint; }

  headersFor(url: string): Record<string, string> { return this.#http.headersFor(url); }

  /** Asked here and not by the library, which follows pages by itself and leaves out the sizes of GGUF models. */
  async search(query: HubQuery, { signal }: HubCall = {}): Promise<{ models: HubEntry[]; nextCursor: string | null }> {
    const url = `${this.endpoint}/api/models?${toSearchParams(query).toString()}`;
    const { value, headers } = await this.#http.readJson(url, z.array(modelAnswer), { repo: query.text, signal });
    return { models: value.map(toEntry), nextCursor: readNextCursor(headers.get('link')) };
  }

  async readModel(repo: string, revision: string, { signal }: HubCall = {}): Promise<HubRepo> {
    const url = `${this.endpoint}/api/models/${repo}/revision/${encodeURIComponent(revision)}`;
    const { value } = await this.#http.readJson(url, modelAnswer, { repo, signal });
    const found = toRepo(value);
    if (found === null) throw new AppError('hub.protocol', 'a model without a commit', { what: `no commit for ${repo}` });
    return found;
  }

  async readCard(repo: string, revision: string, { signal }: HubCall = {}): Promise<string> {
    const url = this.#resolveUrl({ repo, revision, path: 'README.md' });
    try {
      return withoutFrontMatter(await this.#http.readText(await this.#http.request(url, { repo, signal }), url));
    } catch (error) {
      if (!hasCode(error, 'hub.not_found')) throw error;
      await this.readModel(repo, revision, { signal });
      return '';
    }
  }

  async listFiles(repo: string, revision: string, { signal }: HubCall = {}): Promise<HubFile[]> {
    const files: HubFile[] = [];
    const rows = listFiles({ repo, revision, recursive: true, hubUrl: this.endpoint, fetch: async (url) => this.#requestListing(toUrl(url), repo, signal) });
    for await (const row of rows) {
      const { type, ...file } = parseAnswer(treeRow, row, `${this.endpoint}/api/models/${repo}/tree`);
      if (type !== 'file') continue;
      if (!isSafePath(file.path)) throw new AppError('hub.protocol', 'a name that leaves its folder', { what: `file name ${JSON.stringify(file.path)}` });
      if (files.push(toFile({ type, ...file })) > MAX_FILES) throw new AppError('hub.protocol', 'a list without end', { what: `more than ${MAX_FILES} files in ${repo}` });
    }
    return files;
  }

  /** The library parses without a limit and without our errors: it is given what was read and checked here. */
  async #requestListing(url: string, repo: string, signal: AbortSignal | undefined): Promise<Response> {
    const { value, headers } = await this.#http.readJson(url, z.array(z.unknown()), { repo, signal });
    const link = headers.get('link');
    return new Response(JSON.stringify(value), link === null ? {} : { headers: { Link: link } });
  }

  async resolve(file: { repo: string; revision: string; path: string }, { signal }: HubCall = {}): Promise<ResolvedFile> {
    let url = this.#resolveUrl(file);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const response = await this.#http.request(url, { repo: file.repo, method: 'HEAD', redirect: 'manual', headers: { 'Accept-Encoding': 'identity' }, signal });
      const location = response.headers.get('location');
      const target = location === null ? url : new URL(location, url).href;
      if (location === null || new URL(target).origin !== new URL(this.endpoint).origin) return toResolved(response, target, file);
      url = target;
    }
    throw new AppError('hub.protocol', 'redirects without end', { what: `redirects of ${file.path}` });
  }

  async readGgufHeader({ repo, commit, path }: { repo: string; commit: string; path: string }, { signal }: HubCall = {}): Promise<GgufHeader> {
    const url = this.#resolveUrl({ repo, revision: commit, path });
    const ended = new AbortController();
    const signals = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
    const response = await this.#http.request(url, { repo, signal: signals, passes: [RANGE_NOT_SATISFIABLE], headers: { Range: `bytes=0-${ggufLimits.headerBytes - 1}`, 'Accept-Encoding': 'identity' } });
    try {
      if (response.status === RANGE_NOT_SATISFIABLE) throw new AppError('model.unreadable', 'no GGUF', { path, reason: 'the file is empty' });
      const chunks = readChunks(response, this.endpoint);
      return await readGgufHeader({ name: path, fileSizeBytes: readFileSize(response), chunks }, { workerPath: this.#ggufWorkerPath, clock: this.#clock, signal });
    } finally {
      ended.abort();
    }
  }

  #resolveUrl({ repo, revision, path }: { repo: string; revision: string; path: string }): string {
    return `${this.endpoint}/${repo}/resolve/${encodeURIComponent(revision)}/${path.split('/').map(encodeURIComponent).join('/')}`;
  }
}

async function* readChunks(response: Response, endpoint: string): AsyncGenerator<Uint8Array, undefined> {
  const reader = response.body?.getReader();
  try {
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) yield read.value;
  } catch (error) {
    throw new AppError('hub.unreachable', 'the hub cannot be reached', { endpoint, reason: 'the connection broke' }, { cause: error });
  }
  return undefined;
}

function toUrl(url: RequestInfo | URL): string {
  return typeof url === 'string' ? url : url instanceof URL ? url.href : url.url;
}

function toResolved({ headers, status }: Response, url: string, { path }: { path: string }): ResolvedFile {
  const commit = headers.get('x-repo-commit');
  const etag = (headers.get('x-linked-etag') ?? headers.get('etag'))?.replace(/^W\//, '').replaceAll('"', '');
  const size = headers.get('x-linked-size') ?? (status < 300 ? headers.get('content-length') : null);
  if (commit === null || etag === undefined || size === null || !/^\d+$/.test(size)) {
    throw new AppError('hub.protocol', 'a file without commit, ETag or size', { what: `headers of ${path}` });
  }
  return { url, etag, commit, sizeBytes: Number(size), sha256: /^[0-9a-f]{64}$/.test(etag) ? etag : null };
}

function readFileSize({ headers, status }: Response): number | null {
  const text = status === 206 ? /\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1] : headers.get('content-length');
  return text === undefined || text === null ? null : Number(text);
}

/** The cursor of `Link: <…cursor=…>; rel="next"`. */
function readNextCursor(link: string | null): string | null {
  const next = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  return next === undefined ? null : URL.parse(next)?.searchParams.get('cursor') ?? null;
}
