import type { ModelSource } from '#contract/models.ts';
import type { FileGroup } from '../inspect/fileGroups.ts';
import type { KnownHashes } from '../inspect/modelInspector.ts';
import type { VersionState } from '../registry/keptVersion.ts';

/** A model that lies where another program, or Wheelhouse itself, keeps it. Null names and labels are read from the files. */
export interface CacheEntry {
  readonly group: FileGroup;
  /** Files are named from here. */
  readonly root: string;
  readonly modelName: string | null;
  readonly label: string | null;
  readonly storage: VersionState['storage'];
  readonly source: ModelSource;
  readonly hashOf: KnownHashes;
  /** Whoever keeps it knows how to talk with it, whatever its header says. */
  readonly isForChat?: boolean;
}

/** Lists what lies in one place. Does not throw for what is missing or broken there. */
export type ListCache = () => Promise<CacheEntry[]>;

export const noHashes: KnownHashes = () => null;
