import { relative, sep } from 'node:path';
import type { ModelSource } from '#contract/models.ts';
import { groupFiles, type FileGroup } from '../inspect/fileGroups.ts';
import { listFiles } from '../inspect/modelFileList.ts';
import { readNameOfFile } from '../inspect/nameFacts.ts';
import type { VersionState } from '../registry/keptVersion.ts';
import { noHashes, type CacheEntry, type ListCache } from './cacheEntry.ts';

interface Place { readonly storage: VersionState['storage']; readonly source: ModelSource; readonly modelName: string | null }

/** LM Studio keeps `publisher/model/file.gguf`. */
export function createLmStudioCache(folder: string): ListCache {
  return () => listGroups(folder, (group) => {
    const parts = relative(folder, group.folder).split(sep);
    const name = parts[0] === '' ? null : parts.slice(0, 2).join('/');
    return { storage: 'found', modelName: name, source: { kind: 'cache', cache: 'lmstudio', reference: relative(folder, group.files[0]?.path ?? group.folder).split(sep).join('/') } };
  });
}

/** What comes with Wheelhouse: a file's name is the model's. */
export function createStockModels(folder: string): ListCache {
  return () => listGroups(folder, (group) => ({ storage: 'stock', modelName: readNameOfFile(group.files[0]?.path ?? group.folder), source: { kind: 'stock' } }));
}

/** Copies that were imported: each in a folder of its own. */
export function createImportedModels(folder: string): ListCache {
  return async () => {
    const entries = await listGroups(folder, (group) => ({ storage: 'managed', modelName: null, source: { kind: 'import', path: group.files[0]?.path ?? group.folder, how: 'copy' } }));
    return entries.filter(({ group }) => !relative(folder, group.folder).split(sep).some((part) => part.endsWith('.part')));
  };
}

async function listGroups(folder: string, place: (group: FileGroup) => Place): Promise<CacheEntry[]> {
  const groups = groupFiles(await listFiles(folder));
  return groups.map((group) => ({ group, root: group.folder, label: null, hashOf: noHashes, ...place(group) }));
}

