import type { ModelFile, ModelVersion } from '#contract/models.ts';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { Logger } from '../../../base/logger.ts';
import { HeaderError } from '../../../platform/modelFiles/headerError.ts';
import type { ModelFileReader } from '../../../platform/modelFiles/modelFileReader.ts';
import { toContentSha256 } from '../inspect/contentHash.ts';
import type { ModelRegistry } from '../registry/modelRegistry.ts';

export interface HashKeeperDeps { readonly registry: ModelRegistry; readonly reader: Pick<ModelFileReader, 'hash'>; readonly log: Logger }

export interface HashProgress { readonly doneBytes: number; readonly totalBytes: number }

/** Hashes files that were taken in without, one version after the other, and hashes them again when asked. */
export class HashKeeper {
  readonly #deps: HashKeeperDeps;
  readonly #stopping = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(deps: HashKeeperDeps) {
    this.#deps = deps;
  }

  /** Hashes in the background; the version is `verifying` meanwhile. */
  hashLater(versionId: ModelVersionId): void {
    this.#work = this.#work.then(() => this.#hashAll(versionId)).catch((error: unknown) => { this.#deps.log.error('models.hash_failed', { versionId, error }); });
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new HeaderError('unreadable', 'stopped'));
    await this.#work;
  }

  /** Hashes every file again and compares; what was not known is written down. @throws model.not_found */
  async *verify(reference: string, signal: AbortSignal | undefined): AsyncGenerator<{ kind: 'progress'; doneBytes: number; totalBytes: number } | { kind: 'done'; isIntact: boolean; wrong: string[] }, void, void> {
    const { registry } = this.#deps;
    const version = registry.resolve(reference);
    const files: ModelFile[] = [];
    const wrong: string[] = [];
    let doneBytes = 0;
    yield { kind: 'progress', doneBytes, totalBytes: version.sizeBytes };
    for (const file of version.files) {
      const sha256 = await this.#hashOne(version.id, file, signal);
      if (sha256 === null || (file.sha256 !== null && file.sha256 !== sha256)) wrong.push(file.path);
      files.push({ ...file, sha256: file.sha256 ?? sha256 });
      doneBytes += file.sizeBytes;
      yield { kind: 'progress', doneBytes, totalBytes: version.sizeBytes };
    }
    if (wrong.length === 0) registry.tellHashes(version.id, files, toContentSha256(files));
    registry.setHealth(version.id, wrong.length === 0 ? 'ok' : 'quarantined', wrong.length === 0 ? null : 'sha256');
    yield { kind: 'done', isIntact: wrong.length === 0, wrong };
  }

  async #hashAll(versionId: ModelVersionId): Promise<void> {
    const { registry } = this.#deps;
    const version = registry.find(versionId);
    if (version === null || this.#stopping.signal.aborted) return;
    if (version.health === 'ok') registry.setHealth(versionId, 'verifying');
    const files = await this.#hashUnknown(version);
    if (files === null) return;
    registry.tellHashes(versionId, files, toContentSha256(files));
    if (registry.find(versionId)?.health === 'verifying') registry.setHealth(versionId, 'ok');
  }

  async #hashUnknown(version: ModelVersion): Promise<ModelFile[] | null> {
    const files: ModelFile[] = [];
    for (const file of version.files) {
      const sha256 = file.sha256 ?? await this.#hashOne(version.id, file, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return null;
      files.push({ ...file, sha256 });
    }
    return files;
  }

  async #hashOne(versionId: ModelVersionId, file: ModelFile, signal: AbortSignal | undefined): Promise<string | null> {
    const { registry, reader, log } = this.#deps;
    const path = registry.getFilePath(versionId, file);
    try {
      return path === null ? null : (await reader.hash(path, { signal })).sha256;
    } catch (error) {
      if (!(error instanceof HeaderError)) throw error;
      log.warn('models.hash_failed', { versionId, file: file.path, reason: error.message });
      return null;
    }
  }
}
