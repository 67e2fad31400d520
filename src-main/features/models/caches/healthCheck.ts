import { readListedFile } from '../inspect/modelFileList.ts';
import { findFirstFile, getFilePath, type KeptVersion } from '../registry/keptVersion.ts';
import type { ModelVersion } from '#contract/models.ts';

/** How a version's files stand now, by their sizes and times alone; null where nothing is new. */
export async function checkHealth(kept: KeptVersion): Promise<ModelVersion['health'] | null> {
  const { record: { files }, state } = kept;
  if (state.health === 'quarantined' || state.health === 'verifying') return null;
  const weights = files.filter(({ role }) => role === 'weights' || role === 'adapter' || role === 'mmproj');
  const first = findFirstFile(files);
  const facts = await Promise.all((weights.length > 0 ? weights : first ? [first] : []).map(async (file) => ({ file, found: await readListedFile(getFilePath(kept, file) ?? '') })));
  if (facts.some(({ found }) => found === null)) return state.health === 'missing' ? null : 'missing';
  const isSame = facts.every(({ file, found }) => found?.sizeBytes === file.sizeBytes && found.modifiedAtMs <= state.modifiedAtMs);
  if (!isSame) return state.health === 'changed' ? null : 'changed';
  return state.health === 'missing' || state.health === 'changed' ? 'ok' : null;
}
