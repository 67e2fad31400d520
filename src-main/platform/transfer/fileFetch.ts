import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import { judgeAnswer, toStrongEtag } from './answerPolicy.ts';
import type { HashingFile } from './contentHasher.ts';
import type { FilePlace } from './filePlace.ts';
import type { HttpAnswer } from './httpAnswer.ts';
import { decidePartBytes, measurePrefix, type Part } from './partPlan.ts';
import { decidePartRetry } from './partRetryPolicy.ts';
import { PartWriter } from './partWriter.ts';
import { getProgressPath, ProgressFile } from './progressFile.ts';
import type { RateLimiter } from './rateLimiter.ts';
import type { ReceivedMemory } from './receivedMemory.ts';
import { toTransferFailure, TransferFailure } from './transferFailure.ts';
import type { TransferJob } from './transferMessages.ts';

export interface FileFetchDeps {
  clock: Clock;
  limiter: RateLimiter;
  memory: ReceivedMemory;
  /** Tells one start of the machine from the next. */
  bootId: string;
}

/** The other side now has other bytes under this name. */
export class ChangedUpstream extends Error {}
/** The other side sends whole files only. */
class RangesIgnored extends Error {}

const SYNC_EVERY_BYTES = 256 * 1024 * 1024;

/**
 * Brings the bytes of one file into its partial file, several parts at a time, and lets them be hashed from the start on.
 *
 * What a former attempt wrote is not fetched again, unless the content has changed or the other side knows no ranges.
 */
export class FileFetch {
  readonly #deps: FileFetchDeps;
  readonly #job: TransferJob;
  readonly #place: FilePlace;
  readonly #hashing: HashingFile;
  readonly #file: FileHandle;
  #progress: ProgressFile;
  #firstOpen = 0;
  #announcedBytes = 0;
  #unsyncedBytes = 0;
  #syncing: Promise<void> | null = null;
  #isWhole = false;
  fetchedBytes = 0;

  private constructor(deps: FileFetchDeps, { job, place, hashing }: { job: TransferJob; place: FilePlace; hashing: HashingFile }, opened: { file: FileHandle; progress: ProgressFile }) {
    this.#deps = deps;
    this.#job = job;
    this.#place = place;
    this.#hashing = hashing;
    this.#file = opened.file;
    this.#progress = opened.progress;
  }

  /** Opens the partial file where a former attempt left it. */
  static async open(deps: FileFetchDeps, parts: { job: TransferJob; place: FilePlace; hashing: HashingFile }): Promise<FileFetch> {
    const { job } = parts;
    const isPartialThere = await stat(job.partialPath).then(() => true, () => false);
    const progress = openProgress(deps, job, isPartialThere);
    const file = await open(job.partialPath, isPartialThere ? 'r+' : 'w+');
    return new FileFetch(deps, parts, { file, progress });
  }

  get doneBytes(): number {
    return this.#progress.doneBytes;
  }

  /** Resolves when all bytes are on the disk. @throws TransferFailure, ChangedUpstream, or the signal's reason */
  async run(signal: AbortSignal): Promise<void> {
    this.#announce();
    try {
      await this.#fetchOpenParts(signal);
    } catch (error) {
      if (!(error instanceof RangesIgnored)) throw error;
      await this.#fetchWhole(signal);
    }
    await this.#syncing;
    await this.#file.datasync();
  }

  /** Forgets what is there: the next `open` begins anew. */
  async discard(): Promise<void> {
    await this.close();
    await this.#progress.remove();
  }

  async close(): Promise<void> {
    await this.#syncing;
    this.#progress.close();
    await this.#file.close();
  }

  /** The first failure ends all connections; what they brought is written before it is thrown. */
  async #fetchOpenParts(signal: AbortSignal): Promise<void> {
    const open = this.#progress.parts.filter(({ sizeBytes, writtenBytes }) => writtenBytes < sizeBytes);
    const end = new AbortController();
    const both = AbortSignal.any([signal, end.signal]);
    let first: { error: unknown } | null = null;
    const work = async (): Promise<void> => {
      for (let part = open.shift(); part !== undefined && !both.aborted; part = open.shift()) await this.#fetchPart(part, both);
    };
    const guarded = (): Promise<void> => work().catch((error: unknown) => { first ??= { error }; end.abort(error); });
    await Promise.all(Array.from({ length: Math.min(this.#job.parallelParts, open.length) }, guarded));
    signal.throwIfAborted();
    throwFirst(first);
  }

  async #fetchPart(part: Part, signal: AbortSignal): Promise<void> {
    for (let failures = 0; part.writtenBytes < part.sizeBytes;) {
      const before = part.writtenBytes;
      try {
        await this.#attempt(part, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof ChangedUpstream || error instanceof RangesIgnored) throw error;
        const failure = toTransferFailure(error);
        failures = part.writtenBytes > before ? 0 : failures + 1;
        const retry = decidePartRetry({ failure, failures });
        if (retry.kind === 'giveUp') throw failure;
        await this.#deps.clock.sleep(retry.delayMs, signal);
      }
    }
  }

  async #attempt(part: Part, signal: AbortSignal): Promise<void> {
    const [from, to] = [part.fromByte + part.writtenBytes, part.fromByte + part.sizeBytes];
    const isAll = from === 0 && to === this.#job.sizeBytes;
    const answer = await this.#place.open({ range: isAll ? null : `bytes=${from}-${to - 1}`, ifRange: this.#progress.etag, signal });
    try {
      this.#check(answer, { from, to, isAll });
    } catch (error) {
      await answer.drop();
      throw error;
    }
    await this.#pour(answer, part, signal);
    if (part.writtenBytes < part.sizeBytes) throw new TransferFailure('unreachable', 'the answer ended early');
  }

  /** @throws ChangedUpstream, RangesIgnored, TransferFailure */
  #check(answer: HttpAnswer, asked: { from: number; to: number; isAll: boolean }): void {
    const { digest, sizeBytes } = this.#job;
    const { linkedEtag } = this.#place;
    const knownEtag = this.#progress.etag;
    const etag = answer.header('etag');
    if (digest.algorithm === 'sha256' && linkedEtag !== null && linkedEtag !== digest.hex) throw new ChangedUpstream('the hub lists another sha256');
    const judgement = judgeAnswer({ ...asked, sizeBytes, knownEtag }, { status: answer.status, etag, contentRange: answer.header('content-range'), contentLength: answer.header('content-length') });
    if (judgement.kind === 'changed') throw new ChangedUpstream(judgement.reason);
    if (judgement.kind === 'noRanges') throw new RangesIgnored();
    if (judgement.kind === 'refused') throw new TransferFailure('protocol', judgement.reason);
    if (knownEtag === null) this.#progress.etag = toStrongEtag(etag);
  }

  async #pour(answer: HttpAnswer, part: Part, signal: AbortSignal): Promise<void> {
    const { limiter, memory, clock } = this.#deps;
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    let isBroken = false;
    const writer = new PartWriter({
      file: this.#file, clock, fromByte: part.fromByte + part.writtenBytes,
      onWritten: (upToByte) => { this.#note(part, upToByte); },
      onFailed: (error) => { isBroken = true; failed.reject(error); },
    });
    let room = part.sizeBytes - part.writtenBytes;
    const poured = answer.pour((chunk) => {
      room -= chunk.length;
      if (room < 0) return Promise.reject(new TransferFailure('protocol', 'more bytes than asked for'));
      this.fetchedBytes += chunk.length;
      memory.add(chunk.length);
      const hasRoom = writer.push(chunk);
      const restMs = limiter.take(chunk.length);
      if (hasRoom && restMs === 0 && !isBroken) return null;
      const waits = [writer.drained(), ...(restMs > 0 ? [clock.sleep(restMs, signal)] : [])];
      return Promise.race([failed.promise, Promise.all(waits).then(() => undefined)]);
    });
    try {
      await Promise.race([poured, failed.promise]);
    } finally {
      await writer.flush().catch((error: unknown) => { throw toTransferFailure(error); });
    }
  }

  #note(part: Part, upToByte: number): void {
    this.#unsyncedBytes += upToByte - part.fromByte - part.writtenBytes;
    this.#progress.mark(part, upToByte - part.fromByte);
    this.#announce();
    if (this.#unsyncedBytes < SYNC_EVERY_BYTES || this.#syncing !== null) return;
    this.#unsyncedBytes = 0;
    // A disk that refuses to sync refuses again at the end, and is heard there.
    this.#syncing = this.#progress.markSynced(() => this.#file.datasync()).catch(() => undefined).finally(() => { this.#syncing = null; });
  }

  #announce(): void {
    const { prefixBytes, firstOpen } = measurePrefix(this.#progress.parts, this.#firstOpen);
    this.#firstOpen = firstOpen;
    const isWorthAMessage = prefixBytes - this.#announcedBytes >= 4 * 1024 * 1024 || prefixBytes === this.#job.sizeBytes;
    if (this.#isWhole || !isWorthAMessage || (prefixBytes === this.#announcedBytes && prefixBytes > 0)) return;
    this.#announcedBytes = prefixBytes;
    this.#hashing.advance(prefixBytes);
  }

  /** For a server without ranges: one connection from the first byte; nothing can be kept for the next attempt. */
  async #fetchWhole(signal: AbortSignal): Promise<void> {
    this.#isWhole = true;
    const { etag } = this.#progress;
    await this.#progress.remove();
    this.#progress = ProgressFile.open(this.#progress.path, { hex: this.#job.digest.hex, sizeBytes: this.#job.sizeBytes, partBytes: this.#job.sizeBytes, bootId: this.#deps.bootId }, { isPartialThere: false });
    this.#progress.etag = etag;
    const [part] = this.#progress.parts;
    if (part === undefined) return;
    await this.#attempt(part, signal);
    this.#isWhole = false;
    this.#firstOpen = 0;
    this.#announce();
  }
}

function openProgress({ bootId }: FileFetchDeps, { partialPath, digest, sizeBytes, parallelParts }: TransferJob, isPartialThere: boolean): ProgressFile {
  const partBytes = decidePartBytes({ sizeBytes, parallelParts });
  return ProgressFile.open(getProgressPath(partialPath), { hex: digest.hex, sizeBytes, partBytes, bootId }, { isPartialThere });
}

function throwFirst(first: { error: unknown } | null): void {
  if (first !== null) throw first.error;
}
