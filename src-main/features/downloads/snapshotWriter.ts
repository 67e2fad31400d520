import { copyFile, link, mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '../../platform/files/atomicWrite.ts';
import { getBlobPath, getRefPath, getRepoFolder, getSnapshotFolder, toLinkText, type RepoPlace } from './cacheLayout.ts';

/** Puts a blob under its own name into a commit's folder: a link, or where links are not allowed the same file or a copy. */
export async function linkIntoSnapshot(place: RepoPlace, { commit, path, hex }: { commit: string; path: string; hex: string }): Promise<void> {
  const target = join(getSnapshotFolder(place, commit), path);
  const blob = getBlobPath(place, hex);
  const text = toLinkText(target, blob);
  if (await readlink(target).catch(() => null) === text) return;
  await mkdir(dirname(target), { recursive: true });
  const beside = `${target}.wheelhouse`;
  await rm(beside, { force: true });
  await symlink(text, beside).catch(async (error: unknown) => {
    if (!isRefused(error)) throw error;
    await link(blob, beside).catch(() => copyFile(blob, beside));
  });
  await rename(beside, target);
}

/** Writes which commit a branch or tag means; a commit needs no name. */
export async function writeRef(place: RepoPlace, { revision, commit }: { revision: string; commit: string }): Promise<void> {
  if (revision === commit) return;
  const path = getRefPath(place, revision);
  if (await readFile(path, 'utf8').catch(() => null) === commit) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, commit);
}

/** Takes files out of a commit's folder, with their bytes as far as no other link of any commit leads to them. */
export async function removeBrought(place: RepoPlace, { commit, files }: { commit: string; files: readonly { path: string; hex: string }[] }): Promise<void> {
  if (files.length === 0) return;
  for (const { path } of files) await rm(join(getSnapshotFolder(place, commit), path), { force: true });
  const linked = await readLinkedHexes(place);
  for (const { hex } of files) if (!linked.has(hex)) await rm(getBlobPath(place, hex), { force: true });
}

async function readLinkedHexes(place: RepoPlace): Promise<Set<string>> {
  const entries = await readdir(join(getRepoFolder(place), 'snapshots'), { withFileTypes: true, recursive: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const links = entries.filter((entry) => entry.isSymbolicLink());
  return new Set(await Promise.all(links.map(async ({ parentPath, name }) => basename(await readlink(join(parentPath, name))))));
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPERM' || error.code === 'ENOTSUP' || error.code === 'ENOSYS');
}
