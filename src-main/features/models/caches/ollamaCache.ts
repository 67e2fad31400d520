import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { listFiles, readListedFile } from '../inspect/modelFileList.ts';
import type { GroupedFile } from '../inspect/fileGroups.ts';
import type { CacheEntry, ListCache } from './cacheEntry.ts';

const manifest = z.object({ layers: z.array(z.object({ mediaType: z.string(), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) })) });
const ROLES: Readonly<Record<string, GroupedFile['role']>> = {
  'application/vnd.ollama.image.model': 'weights', 'application/vnd.ollama.image.projector': 'mmproj', 'application/vnd.ollama.image.adapter': 'adapter',
};
const TEMPLATE = 'application/vnd.ollama.image.template';
const MAX_MANIFEST_BYTES = 1024 * 1024;

/** Lists Ollama's models: `manifests/<registry>/<namespace>/<name>/<tag>` names layers, and each layer is `blobs/sha256-…`. */
export function createOllamaCache(folder: string): ListCache {
  const manifests = join(folder, 'manifests');
  return async () => {
    const files = (await listFiles(manifests)).filter(({ sizeBytes }) => sizeBytes <= MAX_MANIFEST_BYTES);
    const entries = await Promise.all(files.map(({ path }) => readEntry(path, relative(manifests, path).split(sep), join(folder, 'blobs'))));
    return entries.filter((entry) => entry !== null);
  };
}

async function readEntry(path: string, [, namespace = '', name = '', tag = '']: readonly string[], blobs: string): Promise<CacheEntry | null> {
  const layers = await readLayers(path);
  if (layers === null || tag === '') return null;
  const files = await Promise.all(layers.map(async ({ mediaType, digest }): Promise<GroupedFile[]> => {
    const role = ROLES[mediaType];
    const file = role === undefined ? null : await readListedFile(join(blobs, digest.replace(':', '-')));
    return role === undefined || file === null ? [] : [{ ...file, role }];
  }));
  const found = files.flat().toSorted((a, b) => Number(b.role === 'weights') - Number(a.role === 'weights'));
  if (!found.some(({ role }) => role === 'weights')) return null;
  const modelName = namespace === 'library' ? name : `${namespace}/${name}`;
  return {
    group: { format: 'gguf', folder: blobs, files: found }, root: blobs, modelName, label: tag, storage: 'found',
    source: { kind: 'cache', cache: 'ollama', reference: `${modelName}:${tag}` },
    isForChat: layers.some(({ mediaType }) => mediaType === TEMPLATE),
    hashOf: (file) => /sha256-([0-9a-f]{64})$/.exec(file)?.[1] ?? null,
  };
}

async function readLayers(path: string): Promise<z.infer<typeof manifest>['layers'] | null> {
  try {
    return manifest.safeParse(JSON.parse(await readFile(path, 'utf8'))).data?.layers ?? null;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return null;
    throw error;
  }
}
