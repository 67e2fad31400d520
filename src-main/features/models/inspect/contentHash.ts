import { createHash } from 'node:crypto';
import type { ModelFile } from '#contract/models.ts';

/** What a version's weights are, wherever they lie: the hash of its one file, or of its files' hashes in their order. Null while one is not known. */
export function toContentSha256(files: readonly Pick<ModelFile, 'role' | 'sha256'>[]): string | null {
  const weights = files.filter(({ role }) => role === 'weights' || role === 'adapter');
  const hashes = (weights.length > 0 ? weights : files.filter(({ role }) => role === 'mmproj')).map(({ sha256 }) => sha256);
  if (hashes.length === 0 || hashes.includes(null)) return null;
  return hashes.length === 1 ? hashes[0] ?? null : createHash('sha256').update(hashes.join('\n')).digest('hex');
}
