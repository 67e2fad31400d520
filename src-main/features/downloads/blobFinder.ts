import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';

interface BlobFinderOptions {
  clock: Pick<Clock, 'monotonicMs'>;
  /** `hub` folders of the Hugging Face layout. */
  listCaches: () => readonly string[];
  /** Folders in which Ollama keeps blobs by their sha256. */
  ollamaFolders: readonly string[];
  /** Other files that are known to have this sha256. */
  findOthers: (sha256: string) => Promise<readonly string[]>;
}

const FRESH_MS = 10_000;

/** Finds files on this machine by what they hash to, going by their names; who uses one verifies it. */
export class BlobFinder {
  readonly #options: BlobFinderOptions;
  #known: { atMs: number; blobs: Promise<Map<string, string[]>> } | null = null;

  constructor(options: BlobFinderOptions) {
    this.#options = options;
  }

  async find({ sha256, sizeBytes, butNot }: { sha256: string; sizeBytes: number; butNot: string }): Promise<string[]> {
    const { ollamaFolders, findOthers } = this.#options;
    const inCaches = (await this.#readCaches()).get(sha256) ?? [];
    const candidates = [...inCaches, ...await findOthers(sha256), ...ollamaFolders.map((folder) => join(folder, `sha256-${sha256}`))];
    const sizes = await Promise.all(candidates.map((path) => stat(path).then(({ size }) => size, () => null)));
    return candidates.filter((path, index) => path !== butNot && sizes[index] === sizeBytes);
  }

  /** A blob has come or gone: look again. */
  forget(): void {
    this.#known = null;
  }

  /** Blobs of LFS files of all caches, by sha256; read again when they may have changed. */
  #readCaches(): Promise<Map<string, string[]>> {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#known === null || nowMs - this.#known.atMs > FRESH_MS) this.#known = { atMs: nowMs, blobs: readBlobs(this.#options.listCaches()) };
    return this.#known.blobs;
  }
}

async function readBlobs(caches: readonly string[]): Promise<Map<string, string[]>> {
  const blobs = new Map<string, string[]>();
  for (const cache of caches) {
    for (const repo of (await readNames(cache)).filter((name) => name.startsWith('models--'))) {
      const folder = join(cache, repo, 'blobs');
      for (const name of (await readNames(folder)).filter((one) => /^[0-9a-f]{64}$/.test(one))) blobs.set(name, [...blobs.get(name) ?? [], join(folder, name)]);
    }
  }
  return blobs;
}

/** Nothing for a folder that is not there or may not be read. */
function readNames(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
