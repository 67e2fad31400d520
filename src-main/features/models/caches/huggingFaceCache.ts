import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ModelSource } from '#contract/models.ts';
import { groupFiles, type FileGroup } from '../inspect/fileGroups.ts';
import type { KnownHashes } from '../inspect/modelInspector.ts';
import { listFiles } from '../inspect/modelFileList.ts';
import type { CacheEntry, ListCache } from './cacheEntry.ts';

const REPO_FOLDER = /^models--([A-Za-z0-9][\w.-]*?)(?:--([\w.-]+))?$/;
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Lists a cache of the Hugging Face layout: `models--owner--name/snapshots/<commit>/…`, where each file is a link to a blob that is
 * named by its hash. `isOurs`: downloads of Wheelhouse lie there, and nobody else's.
 */
export function createHuggingFaceCache(folder: string, { isOurs }: { isOurs: boolean }): ListCache {
  return async () => {
    const names = await listNames(folder);
    const lists = await Promise.all(names.flatMap((name) => {
      const match = REPO_FOLDER.exec(name);
      if (match === null) return [];
      const repo = match[2] === undefined ? match[1] ?? '' : `${match[1] ?? ''}/${match[2]}`;
      return [listRepo(join(folder, name), repo, isOurs)];
    }));
    return lists.flat();
  };
}

async function listRepo(folder: string, repo: string, isOurs: boolean): Promise<CacheEntry[]> {
  const revisions = await readRevisions(folder);
  const commits = await listNames(join(folder, 'snapshots'));
  const lists = await Promise.all(commits.map((commit) => {
    const source: ModelSource = isOurs ? { kind: 'hub', repo, revision: revisions.get(commit) ?? commit, commit } : { kind: 'cache', cache: 'huggingface', reference: `${repo}@${commit}` };
    return listSnapshot(join(folder, 'snapshots', commit), { repo, commit, source, isOurs });
  }));
  return lists.flat();
}

async function listSnapshot(root: string, { repo, commit, source, isOurs }: { repo: string; commit: string; source: ModelSource; isOurs: boolean }): Promise<CacheEntry[]> {
  const groups = groupFiles(await listFiles(root));
  return Promise.all(groups.map(async (group) => ({
    group, root, modelName: repo, label: group.format === 'gguf' ? null : commit.slice(0, 7), storage: isOurs ? 'shared' : 'found', source, hashOf: await readBlobHashes(group),
  })));
}

/** Large files' blobs are named by their sha256; small ones by git's hash, which says nothing here. */
export async function readBlobHashes(group: FileGroup): Promise<KnownHashes> {
  const pairs = await Promise.all(group.files.map(async ({ path }): Promise<[string, string]> => [path, basename(await realpath(path))]));
  const hashes = new Map(pairs.filter(([, name]) => SHA256.test(name)));
  return (path) => hashes.get(path) ?? null;
}

async function readRevisions(folder: string): Promise<Map<string, string>> {
  const names = await listNames(join(folder, 'refs'));
  const pairs = await Promise.all(names.map(async (name): Promise<[string, string][]> => {
    try {
      return [[(await readFile(join(folder, 'refs', name), 'utf8')).trim(), name]];
    } catch (error) {
      if (error instanceof Error && 'code' in error) return [];
      throw error;
    }
  }));
  return new Map(pairs.flat());
}

async function listNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}
