import type { ModelVersionId } from '#contract/modelIds.ts';
import type { ModelVersion } from '#contract/models.ts';

/** What of the hub is on this machine already. */
export interface LocalModels {
  /** How many versions came from a repository. */
  countOf(repo: string): number;
  /** The version whose weights are all among these digests, wherever it came from. */
  findVersion(sha256s: readonly string[]): ModelVersionId | null;
}

type Known = Pick<ModelVersion, 'id' | 'source' | 'files' | 'health'>;

/** Looks through the versions that are there at the moment of asking; those whose files are gone do not count. */
export function createLocalModels(list: () => readonly Known[]): LocalModels {
  const present = (): readonly Known[] => list().filter(({ health }) => health !== 'missing' && health !== 'quarantined');
  return {
    countOf: (repo) => present().filter(({ source }) => source.kind === 'hub' && source.repo === repo).length,
    findVersion: (sha256s) => {
      const wanted = new Set(sha256s);
      return wanted.size === 0 ? null : present().find(({ files }) => isAmong(files, wanted))?.id ?? null;
    },
  };
}

/** A projector lies beside many quantisations; it counts only where there is nothing else. */
function isAmong(files: ModelVersion['files'], wanted: ReadonlySet<string>): boolean {
  const weights = files.filter(({ role }) => role === 'weights' || role === 'adapter');
  const counted = weights.length > 0 ? weights : files.filter(({ role }) => role === 'mmproj');
  return counted.length > 0 && counted.every(({ sha256 }) => sha256 !== null && wanted.has(sha256));
}
