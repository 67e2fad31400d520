import { sendJson, type Exchange } from './exchange.ts';
import type { FakeHubOptions, FakeToken } from './fakeRepo.ts';
import { commitOf, type Commit, type Entry, type HubStore, type StoredRepo } from './hubStore.ts';
import { modelAnswer } from './modelAnswers.ts';
import { refuse, refuseEntry, refuseGated, refuseRepo, refuseRevision } from './refusals.ts';
import { sendFromCache, sendRaw, sendResolve } from './resolveAnswer.ts';
import { sendSearch } from './searchAnswer.ts';
import { sendPathsInfo, sendTree } from './treeAnswers.ts';

/** The hub's own routes. */
export class HubRoutes {
  readonly #store: HubStore;
  readonly #options: Pick<FakeHubOptions, 'tokens' | 'treePageSize'>;
  readonly #cdnOrigin: () => string;

  constructor({ store, options, cdnOrigin }: { store: HubStore; options: Pick<FakeHubOptions, 'tokens' | 'treePageSize'>; cdnOrigin: () => string }) {
    this.#store = store;
    this.#options = options;
    this.#cdnOrigin = cdnOrigin;
  }

  async answer(exchange: Exchange): Promise<void> {
    const token = this.#tokenOf(exchange);
    if (token === 'unknown') { refuse(exchange, 401, { message: 'Invalid credentials in Authorization header' }); return; }
    const path = exchange.url.pathname;
    if (path === '/api/models') { sendSearch(exchange, this.#store, token); return; }
    if (path === '/api/whoami-v2') { sendWhoAmI(exchange, token); return; }
    const api = apiRoute(path);
    const file = fileRoute(path);
    if (api !== null) await this.#answerApi(exchange, token, api);
    else if (file !== null) await this.#answerFile(exchange, token, file);
    else refuse(exchange, 404, { message: "Sorry, we can't find the page you are looking for." });
  }

  #tokenOf({ request }: Exchange): FakeToken | null | 'unknown' {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (given === undefined) return null;
    return this.#options.tokens?.find(({ token }) => token === given) ?? 'unknown';
  }

  #find(exchange: Exchange, token: FakeToken | null, { id, revision }: { id: string; revision: string }): { repo: StoredRepo; commit: Commit } | null {
    const repo = this.#store.find(id);
    if (repo === undefined || (repo.about.isPrivate === true && token?.name !== repo.about.id.split('/')[0])) { refuseRepo(exchange, token); return null; }
    const commit = commitOf(repo, revision);
    if (commit === undefined) { refuseRevision(exchange, revision); return null; }
    return { repo, commit };
  }

  async #answerApi(exchange: Exchange, token: FakeToken | null, asked: ApiRoute): Promise<void> {
    const found = this.#find(exchange, token, asked);
    if (found === null) return;
    const { repo, commit } = found;
    if (asked.route === 'tree') sendTree(exchange, commit, { folder: asked.rest, pageSize: this.#options.treePageSize ?? 1000 });
    else if (asked.route === 'paths-info') await sendPathsInfo(exchange, commit);
    else if (asked.route === 'xet-read-token') refuse(exchange, 403, { message: 'Xet is not available here' });
    else sendJson(exchange, 200, modelAnswer(repo, commit, exchange.url.searchParams, 'page'), { 'X-Repo-Commit': commit.sha });
  }

  async #answerFile(exchange: Exchange, token: FakeToken | null, asked: FileRoute): Promise<void> {
    const found = this.#find(exchange, token, asked);
    if (found === null || refuseGated(exchange, found.repo, token)) return;
    const entry: Entry | undefined = found.commit.entries.get(asked.path);
    if (entry === undefined) { refuseEntry(exchange, found.commit.sha); return; }
    const file = { ...found, entry, cdnOrigin: this.#cdnOrigin() };
    if (asked.route === 'raw') await sendRaw(exchange, file);
    else if (asked.route === 'resolve') sendResolve(exchange, file);
    else await sendFromCache(exchange, file);
  }
}

interface ApiRoute { id: string; route: string; revision: string; rest: string }
interface FileRoute { route: string; id: string; revision: string; path: string }

/** `/api/models/{id}`, and `…/{route}/{revision}/{rest}` below it. */
function apiRoute(path: string): ApiRoute | null {
  const match = /^\/api\/models\/(.+?)(?:\/(revision|tree|paths-info|xet-read-token)(?:\/([^/]+)(?:\/(.*))?)?)?$/.exec(path);
  if (match === null) return null;
  const [, id = '', route = 'page', revision = 'main', rest = ''] = match;
  return { id, route, revision: decode(revision), rest: decode(rest) };
}

/** `/{id}/resolve|raw/{revision}/{path}` and the hub's own cache, which is addressed by commit. */
function fileRoute(path: string): FileRoute | null {
  const cached = /^\/api\/resolve-cache\/models\/(.+?)\/([0-9a-f]{40})\/(.+)$/.exec(path);
  if (cached !== null) return { route: 'cache', id: cached[1] ?? '', revision: cached[2] ?? '', path: decode(cached[3] ?? '') };
  const [, id, route, revision, rest] = /^\/(.+?)\/(resolve|raw)\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (id === undefined || route === undefined || revision === undefined || rest === undefined) return null;
  return { route, id, revision: decode(revision), path: decode(rest) };
}

function sendWhoAmI(exchange: Exchange, token: FakeToken | null): void {
  if (token === null) refuse(exchange, 401, { message: 'Invalid username or password.' });
  else sendJson(exchange, 200, { type: 'user', id: token.name, name: token.name, fullname: token.name, orgs: [], auth: { type: 'access_token' } });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
