import { sendJson, type Exchange } from './exchange.ts';
import type { FakeToken } from './fakeRepo.ts';
import type { StoredRepo } from './hubStore.ts';

/** A refusal with the two headers that clients read. */
export function refuse(exchange: Exchange, status: number, { code, message }: { code?: string; message: string }): void {
  sendJson(exchange, status, { error: message }, { 'X-Error-Message': message, ...(code === undefined ? {} : { 'X-Error-Code': code }) });
}

/** Who is not signed in gets 401 for what is not there, as for what is private: the hub does not tell which. */
export function refuseRepo(exchange: Exchange, token: FakeToken | null): void {
  refuse(exchange, token === null ? 401 : 404, { code: 'RepoNotFound', message: token === null ? 'Invalid username or password.' : 'Repository not found' });
}

export function refuseRevision(exchange: Exchange, revision: string): void {
  refuse(exchange, 404, { code: 'RevisionNotFound', message: `Invalid rev id: ${revision}` });
}

export function refuseEntry(exchange: Exchange, commitSha: string): void {
  sendJson(exchange, 404, { error: 'Entry not found' }, { 'X-Error-Code': 'EntryNotFound', 'X-Error-Message': 'Entry not found', 'X-Repo-Commit': commitSha });
}

/** Refuses who may not read a gated repository's files. Returns whether it did. */
export function refuseGated(exchange: Exchange, { about }: StoredRepo, token: FakeToken | null): boolean {
  if (about.gated === undefined || about.gated === false || token?.accepted?.includes(about.id) === true) return false;
  const where = `Visit ${exchange.origin}/${about.id} to ask for access.`;
  if (token === null) {
    refuse(exchange, 401, { code: 'GatedRepo', message: `Access to model ${about.id} is restricted. You must have access to it and be authenticated to access it. Please log in.` });
  } else if (token.pending?.includes(about.id) === true) {
    refuse(exchange, 403, { code: 'GatedRepo', message: `Your request to access model ${about.id} is awaiting a review from the repo authors.` });
  } else {
    refuse(exchange, 403, { code: 'GatedRepo', message: `Access to model ${about.id} is restricted and you are not in the authorized list. ${where}` });
  }
  return true;
}
