import { sendJson, sendRedirect, type Exchange, type Headers } from './exchange.ts';
import { toBytes } from './fakeContent.ts';
import { faultOf } from './faultPlan.ts';
import type { Commit, Entry, HubStore, StoredRepo } from './hubStore.ts';
import { refuse } from './refusals.ts';
import { sendBytes } from './sendBytes.ts';

interface Asked { repo: StoredRepo; commit: Commit; entry: Entry; cdnOrigin: string }

/** `/{repo}/resolve/{rev}/{path}`: LFS files are redirected to the CDN, others to the hub's own cache; Xet is announced. */
export function sendResolve(exchange: Exchange, asked: Asked): void {
  const { repo, commit, entry, cdnOrigin } = asked;
  if (entry.lfs === null) { sendRedirect(exchange, 307, cachePath(exchange, asked), { 'X-Repo-Commit': commit.sha }); return; }
  const headers = linkedHeaders(exchange, asked);
  if (entry.xetHash !== null && exchange.request.headers.accept?.includes('application/vnd.xet-fileinfo+json') === true) {
    const { sha256 } = entry.lfs;
    sendJson(exchange, 200, { hash: entry.xetHash, size: entry.sizeBytes, etag: `"${sha256}"`, ...xetRoutes(exchange.origin, asked) }, { ...headers, 'Content-Type': 'application/vnd.xet-fileinfo+json' });
    return;
  }
  const name = encodeURIComponent(entry.path.split('/').at(-1) ?? '');
  sendRedirect(exchange, 302, `${cdnOrigin}/repos/${repo.about.id}/${entry.lfs.sha256}?filename=${name}&X-Amz-Expires=3600&X-Amz-Signature=${commit.sha.slice(0, 12)}`, headers);
}

function linkedHeaders(exchange: Exchange, asked: Asked): Headers {
  const { commit, entry } = asked;
  const { refreshUrl, reconstructionUrl } = xetRoutes(exchange.origin, asked);
  const xet = entry.xetHash === null ? {} : {
    'X-Xet-Hash': entry.xetHash,
    Link: `<${refreshUrl}>; rel="xet-auth", <${reconstructionUrl}>; rel="xet-reconstruction-info"`,
  };
  return { 'X-Repo-Commit': commit.sha, 'X-Linked-Size': entry.sizeBytes, 'X-Linked-ETag': `"${entry.lfs?.sha256 ?? ''}"`, 'Accept-Ranges': 'bytes', ...xet };
}

function xetRoutes(origin: string, { repo, commit, entry, cdnOrigin }: Asked): { refreshUrl: string; reconstructionUrl: string } {
  return { refreshUrl: `${origin}/api/models/${repo.about.id}/xet-read-token/${commit.sha}`, reconstructionUrl: `${cdnOrigin}/v1/reconstructions/${entry.xetHash ?? ''}` };
}

function cachePath({ url }: Exchange, { repo, commit, entry }: Asked): string {
  const path = entry.path.split('/').map(encodeURIComponent).join('/');
  return `/api/resolve-cache/models/${repo.about.id}/${commit.sha}/${path}?${encodeURIComponent(url.pathname)}=&etag=${encodeURIComponent(`"${entry.gitOid}"`)}`;
}

/** `/api/resolve-cache/…`: the bytes of a file that git itself keeps. */
export async function sendFromCache(exchange: Exchange, { commit, entry }: Asked): Promise<void> {
  const name = entry.path.split('/').at(-1) ?? '';
  const headers = { 'X-Repo-Commit': commit.sha, 'Content-Disposition': `inline; filename*=UTF-8''${encodeURIComponent(name)}; filename="${name}";`, 'Content-Type': 'text/plain; charset=utf-8' };
  await sendBytes(exchange, { ...changed(exchange, entry.bytes, entry.gitOid), headers });
}

/** `/{repo}/raw/{rev}/{path}`: the git object, which for LFS is the pointer. */
export async function sendRaw(exchange: Exchange, { commit, entry }: Asked): Promise<void> {
  const bytes = entry.lfs === null ? entry.bytes : toBytes({ text: entry.lfs.pointerText });
  await sendBytes(exchange, { bytes, etag: `"${entry.gitOid}"`, headers: { 'X-Repo-Commit': commit.sha, 'Content-Type': 'text/plain; charset=utf-8' } });
}

/** The CDN: signed addresses by content; a token beside the signature is refused, as S3 does. */
export async function sendFromCdn(exchange: Exchange, store: HubStore): Promise<void> {
  const sha256 = exchange.url.pathname.split('/').at(-1) ?? '';
  const bytes = store.objects.get(sha256);
  if (exchange.seen.hasToken) { refuse(exchange, 400, { message: 'Only one auth mechanism allowed' }); return; }
  if (bytes === undefined || !exchange.url.searchParams.has('X-Amz-Signature')) { refuse(exchange, 403, { message: 'Access Denied' }); return; }
  await sendBytes(exchange, changed(exchange, bytes, sha256));
}

function changed({ faults }: Exchange, bytes: Entry['bytes'], etag: string): { bytes: Entry['bytes']; etag: string } {
  const fault = faultOf(faults, 'changed');
  if (fault === undefined) return { bytes, etag: `"${etag}"` };
  return { bytes: toBytes({ seed: fault.seed, sizeBytes: bytes.sizeBytes }), etag: `"${etag.slice(0, -8)}${fault.seed.toString(16).padStart(8, '0')}"` };
}
