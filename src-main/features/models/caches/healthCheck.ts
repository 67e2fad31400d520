import type { ModelFile, ModelVersion } from '#contract/models.ts';
import { readListedFile } from '../inspect/modelFileList.ts';
import { getFilePath, type KeptVersion } from '../registry/keptVersion.ts';

/** How a version's files stand now, by their sizes and times alone; null where nothing is new. */
export async function checkHealth(kept: KeptVersion): Promise<ModelVersion['health'] | null> {
  const { record: { files }, state } = kept;
  if (state.health === 'quarantined' || state.health === 'verifying') return null;
  const looked = await Promise.all(files.filter(isWeight).map(async (file) => ({ file, found: await readListedFile(getFilePath(kept, file) ?? '') })));
  if (looked.some(({ found }) => found === null)) return toNews(state.health, 'missing');
  const isSame = looked.every(({ file, found }) => found?.sizeBytes === file.sizeBytes && found.modifiedAtMs <= state.modifiedAtMs);
  if (!isSame) return toNews(state.health, 'changed');
  return state.health === 'missing' || state.health === 'changed' ? 'ok' : null;
}

function toNews(before: ModelVersion['health'], now: ModelVersion['health']): ModelVersion['health'] | null {
  return before === now ? null : now;
}

function isWeight({ role }: ModelFile): boolean {
  return role === 'weights' || role === 'adapter' || role === 'mmproj';
}
