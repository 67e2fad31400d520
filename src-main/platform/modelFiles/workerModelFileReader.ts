import { fileURLToPath } from 'node:url';
import type { Clock } from '../../base/clock.ts';
import { invariant } from '../../base/invariant.ts';
import type { MemoryShape } from './gguf/memoryShape.ts';
import type { HashedFile, ModelFileReader, ReadOptions } from './modelFileReader.ts';
import type { HeaderMetadata, ModelHeader } from './modelHeader.ts';
import { RequestWorker } from './requestWorker.ts';
import type { FileAnswer, FileRequest, ScanFinding } from './worker/fileWorkerMessages.ts';

const ENTRY = fileURLToPath(new URL('./worker/fileWorker.ts', import.meta.url));

/** Reads in two threads: one for headers, which takes no longer than its limits, one for whole files. */
export class WorkerModelFileReader implements ModelFileReader {
  readonly #headers: RequestWorker;
  readonly #wholes: RequestWorker;

  constructor({ clock, entryPath = ENTRY, headerMs = 20_000 }: { clock: Clock; entryPath?: string | undefined; headerMs?: number }) {
    this.#headers = new RequestWorker({ clock, entry: entryPath, silenceMs: headerMs, maxHeapMb: 512 });
    this.#wholes = new RequestWorker({ clock, entry: entryPath, silenceMs: 120_000, maxHeapMb: 128 });
  }

  async readHeader(format: ModelHeader['format'], paths: readonly string[]): Promise<ModelHeader> {
    return expectKind(await this.#headers.ask({ kind: 'header', format, paths }), 'header').header;
  }

  async readMetadata(format: ModelHeader['format'], path: string): Promise<HeaderMetadata | null> {
    return expectKind(await this.#headers.ask({ kind: 'metadata', format, path }), 'metadata').metadata;
  }

  async readMemoryShape(paths: readonly string[]): Promise<MemoryShape> {
    return expectKind(await this.#headers.ask({ kind: 'memory', paths }), 'memory').shape;
  }

  async scanPickle(path: string): Promise<readonly ScanFinding[]> {
    return expectKind(await this.#headers.ask({ kind: 'scan', path }), 'scan').findings;
  }

  hash(path: string, options: ReadOptions = {}): Promise<HashedFile> {
    return this.#readWhole({ kind: 'hash', path }, options);
  }

  copy(path: string, to: string, options: ReadOptions = {}): Promise<HashedFile> {
    return this.#readWhole({ kind: 'copy', path, to }, options);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#headers.stop(), this.#wholes.stop()]);
  }

  async #readWhole(request: FileRequest, options: ReadOptions): Promise<HashedFile> {
    const { sha256, sizeBytes } = expectKind(await this.#wholes.ask(request, options), 'hash');
    return { sha256, sizeBytes };
  }
}

function expectKind<K extends FileAnswer['kind']>(answer: FileAnswer, kind: K): Extract<FileAnswer, { kind: K }> {
  invariant(isKind(answer, kind), 'the reader answers what was asked');
  return answer;
}

function isKind<K extends FileAnswer['kind']>(answer: FileAnswer, kind: K): answer is Extract<FileAnswer, { kind: K }> {
  return answer.kind === kind;
}
