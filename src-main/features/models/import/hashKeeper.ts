import type { ModelFile, ModelVersion } from '#contract/models.ts';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { Logger } from '../../../base/logger.ts';
import { HeaderError } from '../../../platform/modelFiles/headerError.ts';
import type { ModelFileReader, ReadOptions } from '../../../platform/modelFiles/modelFileReader.ts';
import { toContentSha256 } from '../inspect/contentHash.ts';
import type { ModelRegistry } from '../registry/modelRegistry.ts';
import { progressStream } from './progressStream.ts';

export interface HashKeeperDeps { readonly registry: ModelRegistry; readonly reader: Pick<ModelFileReader, 'hash'>; readonly log: Logger }

interface VerifyProgress { kind: 'progress'; doneBytes: number; totalBytes: number }
/** `wrong` files hold other bytes than they should; `unread` ones are gone or cannot be read. */
interface Checked { readonly files: ModelFile[]; readonly wrong: string[]; readonly unread: string[] }

/** Hashes files that were taken in without, one version after the other, and hashes them again when asked. */
export class HashKeeper {
  readonly #deps: HashKeeperDeps;
  readonly #stopping = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(deps: HashKeeperDeps) {
    this.#deps = deps;
  }

  /** Goes on with what was being hashed when the backend ended. */
  start(): void {
    for (const { id, health } of this.#deps.registry.list()) if (health === 'verifying') this.hashLater(id);
  }

  /** Hashes in the background; the version is `verifying` meanwhile. */
  hashLater(versionId: ModelVersionId): void {
    this.#work = this.#work.then(() => this.#hashAll(versionId)).catch((error: unknown) => { this.#deps.log.error('models.hash_failed', { versionId, error }); });
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new HeaderError('unreadable', 'stopped'));
    await this.#work;
  }

  /** Hashes every file again and compares; what was not known is written down. Ending the stream early ends the reading, and nothing is concluded. @throws model.not_found */
  async *verify(reference: string, signal: AbortSignal | undefined): AsyncGenerator<VerifyProgress | { kind: 'done'; isIntact: boolean; wrong: string[] }, void, void> {
    const version = this.#deps.registry.resolve(reference);
    const stop = new AbortController();
    const signals = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
    try {
      const checked = yield* progressStream<VerifyProgress, Checked>((report) => this.#check(version, signals, (doneBytes) => { report({ kind: 'progress', doneBytes, totalBytes: version.sizeBytes }); }));
      this.#conclude(version, checked);
      const wrong = [...checked.wrong, ...checked.unread];
      yield { kind: 'done', isIntact: wrong.length === 0, wrong };
    } finally {
      stop.abort(new HeaderError('unreadable', 'the check was ended'));
    }
  }

  async #check(version: ModelVersion, signal: AbortSignal, report: (doneBytes: number) => void): Promise<Checked> {
    const files: ModelFile[] = [];
    const [wrong, unread]: [string[], string[]] = [[], []];
    let doneBytes = 0;
    report(doneBytes);
    for (const file of version.files) {
      const before = doneBytes;
      const sha256 = await this.#hashOne(version.id, file, { signal, onProgress: (bytes) => { report(before + bytes); } });
      if (sha256 === null) unread.push(file.path);
      else if (file.sha256 !== null && file.sha256 !== sha256) wrong.push(file.path);
      files.push({ ...file, sha256: file.sha256 ?? sha256 });
      doneBytes += file.sizeBytes;
      report(doneBytes);
    }
    return { files, wrong, unread };
  }

  #conclude({ id }: ModelVersion, { files, wrong, unread }: Checked): void {
    const { registry } = this.#deps;
    if (wrong.length > 0) registry.setHealth(id, 'quarantined', 'sha256');
    else if (unread.length > 0) registry.setHealth(id, 'missing');
    else {
      registry.tellHashes(id, files, toContentSha256(files));
      registry.setHealth(id, 'ok');
    }
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
      const sha256 = file.sha256 ?? await this.#hashOne(version.id, file, { signal: this.#stopping.signal });
      if (this.#stopping.signal.aborted) return null;
      files.push({ ...file, sha256 });
    }
    return files;
  }

  async #hashOne(versionId: ModelVersionId, file: ModelFile, options: ReadOptions): Promise<string | null> {
    const { registry, reader, log } = this.#deps;
    const path = registry.getFilePath(versionId, file);
    try {
      return path === null ? null : (await reader.hash(path, options)).sha256;
    } catch (error) {
      if (!(error instanceof HeaderError)) throw error;
      log.warn('models.hash_failed', { versionId, file: file.path, reason: error.message });
      return null;
    }
  }
}
