import { join, posix, relative, dirname } from 'node:path';

/**
 * The Hugging Face cache's own layout, so that other programs find the files.
 * Source: https://huggingface.co/docs/huggingface_hub/guides/manage-cache; held against huggingface_hub 2.4.0 by test/integration/downloadsCache.test.ts.
 */
export interface RepoPlace { cache: string; repo: string }

export function getRepoFolder({ cache, repo }: RepoPlace): string {
  return join(cache, `models--${repo.replaceAll('/', '--')}`);
}

/** Bytes, named by what they hash to. */
export function getBlobPath(place: RepoPlace, hex: string): string {
  return join(getRepoFolder(place), 'blobs', hex);
}

/** Bytes on their way; the name is not one that other programs would go on with. */
export function getPartialPath(place: RepoPlace, hex: string): string {
  return join(getRepoFolder(place), 'blobs', `${hex}.wheelhouse`);
}

/** Bytes that hash to something else than they should. */
export function getQuarantinePath(place: RepoPlace, hex: string): string {
  return join(getRepoFolder(place), 'quarantine', hex);
}

/** The folder in which a commit's files stand under their own names. */
export function getSnapshotFolder(place: RepoPlace, commit: string): string {
  return join(getRepoFolder(place), 'snapshots', commit);
}

export function getRefPath(place: RepoPlace, revision: string): string {
  return join(getRepoFolder(place), 'refs', revision);
}

/** What the link at a snapshot's path says: the blob, relative to the link. */
export function toLinkText(linkPath: string, blobPath: string): string {
  return relative(dirname(linkPath), blobPath);
}

/** Whether a name from the hub may become a path: below its folder, without `..`, drive, backslash or NUL. */
export function isSafePath(path: string): boolean {
  const hasOddity = path === '' || /[\0\\]/.test(path) || /^[A-Za-z]:/.test(path) || path.startsWith('/');
  return !hasOddity && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && posix.normalize(path) === path;
}
