import type { MemoryShape } from './gguf/memoryShape.ts';
import type { HeaderMetadata, ModelHeader } from './modelHeader.ts';
import type { ScanFinding } from './worker/fileWorkerMessages.ts';

/** How a long reading is watched and ended. */
export interface ReadOptions {
  readonly onProgress?: (doneBytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A file's content by its hash. */
export interface HashedFile { readonly sha256: string; readonly sizeBytes: number }

/**
 * Reads files of models, whatever is in them, away from the thread that asks.
 *
 * Errors: every call throws HeaderError for what a file does wrong; the problem `unreadable` also stands for a file that took the
 * reader down or too long.
 */
export interface ModelFileReader {
  /** What the files of one model say about it; the first is that with the metadata. */
  readHeader(format: ModelHeader['format'], paths: readonly string[]): Promise<ModelHeader>;
  /** The header's own entries; null for a format that has none. */
  readMetadata(format: ModelHeader['format'], path: string): Promise<HeaderMetadata | null>;
  /** What of a GGUF model, in all its parts, decides how much memory it takes. */
  readMemoryShape(paths: readonly string[]): Promise<MemoryShape>;
  /** Which names a pickle would import, as far as they are not known to be harmless. Nothing is unpickled. */
  scanPickle(path: string): Promise<readonly ScanFinding[]>;
  /** Hashes a file. @throws the signal's reason */
  hash(path: string, options?: ReadOptions): Promise<HashedFile>;
  /** Copies a file to a name that is free, and hashes what went through. An aborted copy leaves a part behind. */
  copy(path: string, to: string, options?: ReadOptions): Promise<HashedFile>;
  /** Ends what it has running. */
  stop(): Promise<void>;
}
