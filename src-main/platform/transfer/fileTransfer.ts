import { constants } from 'node:fs';
import { copyFile, link, mkdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Dispatcher } from 'undici';
import { syncFolder } from '../files/atomicWrite.ts';
import type { ContentHasher, FileDigests, HashingFile } from './contentHasher.ts';
import { ChangedUpstream, FileFetch, type FileFetchDeps } from './fileFetch.ts';
import { FilePlace } from './filePlace.ts';
import { TransferFailure } from './transferFailure.ts';
import type { TransferJob, TransferProgress, TransferResult } from './transferMessages.ts';

export interface FileTransferDeps extends FileFetchDeps {
  dispatcher: Dispatcher;
  hasher: Pick<ContentHasher, 'begin'>;
}

const MOST_CHANGES = 3;
const MOST_WRONG = 2;

/** Brings one file to its target: from this machine if the bytes are here, else from the network; never unverified. */
export class FileTransfer {
  readonly #deps: FileTransferDeps;
  readonly #job: TransferJob;
  #stage: TransferProgress['stage'] = 'downloading';
  #fetch: FileFetch | null = null;
  #hashing: HashingFile | null = null;
  #fetchedBefore = 0;
  /** In the partial file when its last fetch ended. */
  #keptBytes = 0;

  constructor(deps: FileTransferDeps, job: TransferJob) {
    this.#deps = deps;
    this.#job = job;
  }

  get progress(): TransferProgress {
    return { stage: this.#stage, doneBytes: this.#fetch?.doneBytes ?? this.#keptBytes, fetchedBytes: this.#fetchedBytes, hashedBytes: this.#hashing?.hashedBytes ?? 0 };
  }

  get #fetchedBytes(): number {
    return this.#fetchedBefore + (this.#fetch?.fetchedBytes ?? 0);
  }

  /** @throws TransferFailure, or what the system says, or the signal's reason */
  async run(signal: AbortSignal): Promise<TransferResult> {
    await mkdir(dirname(this.#job.targetPath), { recursive: true });
    const reused = await this.#reuse(signal);
    if (reused !== null) return { how: 'reused', sha256: reused.sha256, fetchedBytes: 0 };
    for (let wrong = 0, changes = 0; ;) {
      const end = await this.#fetchOnce(signal);
      if (end.kind === 'ok') return { how: 'fetched', sha256: end.digests.sha256, fetchedBytes: this.#fetchedBytes };
      if (end.kind === 'wrong') wrong += 1;
      else changes += 1;
      if (end.kind === 'changed' && (this.#job.isPinned || changes > MOST_CHANGES)) throw new TransferFailure('changed_upstream', end.reason);
      if (wrong >= MOST_WRONG) throw new TransferFailure('wrong_sha256', `kept aside as ${this.#job.quarantinePath}`);
    }
  }

  /** The target itself, or a file elsewhere that turns out to hold the bytes. Null where none does. */
  async #reuse(signal: AbortSignal): Promise<FileDigests | null> {
    const { targetPath, partialPath, reuse, sizeBytes } = this.#job;
    this.#stage = 'verifying';
    if (await hasSize(targetPath, sizeBytes)) {
      const digests = await this.#hash(targetPath, signal);
      if (this.#isRight(digests)) return digests;
      await this.#quarantine(targetPath);
    }
    const beside = `${partialPath}.reused`;
    for (const path of reuse) {
      if (!await hasSize(path, sizeBytes) || !await linkOrCopy(path, beside)) continue;
      const digests = await this.#hash(beside, signal).catch((error: unknown) => { signal.throwIfAborted(); if (!isOfSystem(error)) throw error; return null; });
      if (digests !== null && this.#isRight(digests)) { await this.#finish(beside); return digests; }
      await rm(beside, { force: true });
    }
    this.#stage = 'downloading';
    return null;
  }

  async #fetchOnce(signal: AbortSignal): Promise<{ kind: 'ok'; digests: FileDigests } | { kind: 'wrong' } | { kind: 'changed'; reason: string }> {
    const { job, hashing, place } = { job: this.#job, hashing: this.#deps.hasher.begin(this.#job.partialPath, this.#job.sizeBytes), place: this.#createPlace() };
    const fetching = await FileFetch.open(this.#deps, { job, place, hashing });
    this.#fetch = fetching;
    this.#hashing = hashing;
    try {
      await fetching.run(signal);
      this.#stage = 'verifying';
      const digests = await abortable(hashing.done, signal);
      if (this.#isRight(digests)) { await this.#finish(job.partialPath); await fetching.discard(); return { kind: 'ok', digests }; }
      await fetching.discard();
      await this.#quarantine(job.partialPath);
      return { kind: 'wrong' };
    } catch (error) {
      this.#keptBytes = fetching.doneBytes;
      if (!(error instanceof ChangedUpstream)) throw error;
      this.#keptBytes = 0;
      await fetching.discard();
      return { kind: 'changed', reason: error.message };
    } finally {
      hashing.dispose();
      await fetching.close();
      this.#fetchedBefore += fetching.fetchedBytes;
      this.#fetch = null;
    }
  }

  #createPlace(): FilePlace {
    const { url, headers } = this.#job;
    return new FilePlace({ url, headers, dispatcher: this.#deps.dispatcher, clock: this.#deps.clock });
  }

  async #hash(path: string, signal: AbortSignal): Promise<FileDigests> {
    const hashing = this.#deps.hasher.begin(path, this.#job.sizeBytes);
    this.#hashing = hashing;
    try {
      hashing.advance(this.#job.sizeBytes);
      return await abortable(hashing.done, signal);
    } finally {
      hashing.dispose();
    }
  }

  #isRight(digests: FileDigests): boolean {
    const { algorithm, hex } = this.#job.digest;
    return digests[algorithm] === hex;
  }

  async #finish(path: string): Promise<void> {
    await rename(path, this.#job.targetPath);
    await syncFolder(dirname(this.#job.targetPath));
  }

  async #quarantine(path: string): Promise<void> {
    this.#stage = 'quarantined';
    await mkdir(dirname(this.#job.quarantinePath), { recursive: true });
    await rename(path, this.#job.quarantinePath);
  }
}

/** Gives up waiting when the signal says so. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => undefined);
  const abort = (): void => { aborted.reject(signal.reason); };
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([promise, aborted.promise]).finally(() => { signal.removeEventListener('abort', abort); });
}

async function hasSize(path: string, sizeBytes: number): Promise<boolean> {
  const facts = await stat(path).catch(() => null);
  return facts?.isFile() === true && facts.size === sizeBytes;
}

/** What the disk refused, such as a file that may not be read. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code !== '';
}

/** A link where both are on one disk, else a copy, which some file systems make without writing. False where neither can be made. What `from` leads to is linked: a link to a link would break or follow its owner's. */
async function linkOrCopy(from: string, to: string): Promise<boolean> {
  await rm(to, { force: true });
  const isLinked = await realpath(from).then((path) => link(path, to)).then(() => true, () => false);
  if (isLinked) return true;
  return copyFile(from, to, constants.COPYFILE_FICLONE).then(() => true, async () => { await rm(to, { force: true }); return false; });
}
