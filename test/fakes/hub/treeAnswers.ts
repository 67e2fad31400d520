import { readBody, sendJson, type Exchange } from './exchange.ts';
import { sha1, type Commit, type Entry } from './hubStore.ts';
import { refuseEntry } from './refusals.ts';
import { linkToNext } from './searchAnswer.ts';

type Row = Record<string, unknown> & { path: string };

/** `GET …/tree/{rev}/{folder}`: files and folders, with pages by cursor. */
export function sendTree(exchange: Exchange, commit: Commit, { folder, pageSize }: { folder: string; pageSize: number }): void {
  const query = exchange.url.searchParams;
  const isTrue = (name: string): boolean => /^(1|true)$/i.test(query.get(name) ?? '');
  const rows = rowsOf(commit, isTrue('expand')).filter(({ path }) => isBelow(path, folder, isTrue('recursive')));
  if (rows.length === 0 && folder !== '') { refuseEntry(exchange, commit.sha); return; }
  const from = Number(Buffer.from(query.get('cursor') ?? '', 'base64url').toString() || '0');
  const isMore = from + pageSize < rows.length;
  sendJson(exchange, 200, rows.slice(from, from + pageSize), { 'X-Repo-Commit': commit.sha, ...(isMore ? { Link: linkToNext(exchange, String(from + pageSize)) } : {}) });
}

/** `POST …/paths-info/{rev}` with JSON or a form; what is not there is left out of the answer. */
export async function sendPathsInfo(exchange: Exchange, commit: Commit): Promise<void> {
  const { paths, isExpanded } = await readAsked(exchange);
  const byPath = new Map(rowsOf(commit, isExpanded).map((row) => [row.path, row]));
  sendJson(exchange, 200, paths.flatMap((path) => byPath.get(path) ?? []), { 'X-Repo-Commit': commit.sha });
}

async function readAsked({ request }: Exchange): Promise<{ paths: string[]; isExpanded: boolean }> {
  const body = await readBody(request);
  if (request.headers['content-type']?.startsWith('application/json') === true) {
    const { paths = [], expand = false } = JSON.parse(body) as { paths?: string[] | string; expand?: boolean };
    return { paths: [paths].flat(), isExpanded: expand };
  }
  const form = new URLSearchParams(body);
  return { paths: form.getAll('paths'), isExpanded: /^true$/i.test(form.get('expand') ?? '') };
}

function rowsOf(commit: Commit, isExpanded: boolean): Row[] {
  const folders = new Set<string>();
  for (const path of commit.entries.keys()) {
    const parts = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth += 1) folders.add(parts.slice(0, depth).join('/'));
  }
  const folderRows = [...folders].map((path) => ({ type: 'directory', oid: sha1(path), size: 0, path }));
  const rows: Row[] = [...folderRows, ...[...commit.entries.values()].map((entry) => ({ ...fileRow(entry), ...(isExpanded ? expansion(commit) : {}) }))];
  return rows.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function fileRow({ path, sizeBytes, gitOid, lfs, xetHash }: Entry): Row {
  return {
    type: 'file', oid: gitOid, size: sizeBytes, path,
    ...(lfs === null ? {} : { lfs: { oid: lfs.sha256, size: sizeBytes, pointerSize: lfs.pointerText.length } }),
    ...(xetHash === null ? {} : { xetHash }),
  };
}

function expansion(commit: Commit): Record<string, unknown> {
  return {
    lastCommit: { id: commit.sha, title: 'files', date: '2026-01-02T03:04:05.000Z' },
    securityFileStatus: { status: 'safe', avScan: null, pickleImportScan: null },
  };
}

function isBelow(path: string, folder: string, isRecursive: boolean): boolean {
  const prefix = folder === '' ? '' : `${folder}/`;
  return path.startsWith(prefix) && path !== folder && (isRecursive || !path.slice(prefix.length).includes('/'));
}
