import { Worker } from 'node:worker_threads';
import type { HashReply, HashRequest } from './contentHash.ts';

/** The two digests of one file; `git` is the id that git gives a blob of the content, empty for large files. */
export interface FileDigests { readonly sha256: string; readonly git: string }

/** A file being hashed while it is written. */
export interface HashingFile {
  readonly done: Promise<FileDigests>;
  readonly hashedBytes: number;
  /** So many bytes from its start may be hashed. */
  advance(availableBytes: number): void;
  /** Ends it; may be called twice. */
  dispose(): void;
}

interface Entry { hashedBytes: number; resolve: (digests: FileDigests) => void; reject: (error: Error) => void }

/** Hashes files in a thread of its own, which the first file starts. */
export class ContentHasher {
  readonly #entry: URL;
  readonly #files = new Map<number, Entry>();
  #worker: Worker | null = null;
  #nextId = 1;

  constructor(entry: URL) {
    this.#entry = entry;
  }

  /** Begins a file; `done` resolves once all `sizeBytes` have been announced and hashed, and rejects with what the system says. */
  begin(path: string, sizeBytes: number): HashingFile {
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<FileDigests>();
    promise.catch(() => undefined);
    const entry: Entry = { hashedBytes: 0, resolve, reject };
    this.#files.set(id, entry);
    return {
      done: promise,
      get hashedBytes() { return entry.hashedBytes; },
      advance: (availableBytes) => { this.#send({ kind: 'advance', id, path, sizeBytes, availableBytes }); },
      dispose: () => { if (this.#files.delete(id)) this.#send({ kind: 'forget', id }); },
    };
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #send(request: HashRequest): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(request);
  }

  #start(): Worker {
    const worker = new Worker(this.#entry, { resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 } });
    worker.on('message', (reply: HashReply) => { this.#accept(reply); });
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#worker = null;
      for (const [id, { reject }] of this.#files) { this.#files.delete(id); reject(error instanceof Error ? error : new Error(String(error))); }
    });
    return worker;
  }

  #accept(reply: HashReply): void {
    const entry = this.#files.get(reply.id);
    if (entry === undefined) return;
    if (reply.kind === 'progress') { entry.hashedBytes = reply.hashedBytes; return; }
    this.#files.delete(reply.id);
    if (reply.kind === 'done') entry.resolve({ sha256: reply.sha256, git: reply.git });
    else entry.reject(Object.assign(new Error(reply.message), { code: reply.code }));
  }
}
