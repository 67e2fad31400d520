import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#contract/errors.ts';
import type { Download } from '#contract/downloads.ts';
import { downloadId, type DownloadId } from '#contract/modelIds.ts';
import type { Event } from '../../base/emitter.ts';
import { createId } from '../../base/ids.ts';
import type { Clock } from '../../base/clock.ts';
import { readPartialBytes, removePartial } from '../../platform/transfer/progressFile.ts';
import type { BlobFinder } from './blobFinder.ts';
import { getBlobPath, getPartialPath, getSnapshotFolder } from './cacheLayout.ts';
import type { DownloadBook } from './downloadBook.ts';
import type { DownloadItem } from './downloadItem.ts';
import type { DownloadPlanner, PullPlan, PullRequest } from './downloadPlanner.ts';
import type { DownloadQueue } from './downloadQueue.ts';
import type { DownloadFile, DownloadRecord } from './downloadRecord.ts';
import { isActive } from './queuePolicy.ts';
import { removeBrought } from './snapshotWriter.ts';

interface DownloadServiceDeps {
  book: DownloadBook;
  queue: DownloadQueue;
  planner: DownloadPlanner;
  finder: Pick<BlobFinder, 'find'>;
  clock: Clock;
  rules: {
    /** The `hub` folder that new downloads go to. */
    getCache: () => string;
    readFreeBytes: (path: string) => Promise<number>;
    isReadOnly: boolean;
    /** @throws database.read_only */
    requireWritable: () => void;
  };
}

/** Pulls models from a hub into a cache of the Hugging Face layout. */
export class DownloadService {
  readonly #deps: DownloadServiceDeps;
  readonly #pulling = new Map<string, Promise<Download>>();

  readonly onDidChange: Event<Download>;
  readonly onDidRemove: Event<DownloadId>;

  constructor(deps: DownloadServiceDeps) {
    this.#deps = deps;
    this.onDidChange = deps.book.onDidChange;
    this.onDidRemove = deps.book.onDidRemove;
  }

  /** Unfinished downloads go on by themselves; paused ones stay paused. */
  async start(): Promise<void> {
    const { book, queue, rules } = this.#deps;
    book.load();
    if (rules.isReadOnly) return;
    for (const item of book.items) await this.#takeUp(item);
    queue.start();
  }

  async stop(): Promise<void> {
    await this.#deps.queue.stop();
    this.#deps.book.dispose();
  }

  /** Newest first. */
  list(): Download[] {
    return this.#deps.book.items.map((item) => item.toDownload()).reverse();
  }

  /** @throws download.not_found */
  get(id: string): Download {
    return this.#deps.book.get(id).toDownload();
  }

  /** Puts a download into the queue; the same one asked for twice is one. @throws hub errors, download.nothing_selected, disk.full */
  pull(request: PullRequest): Promise<Download> {
    const key = JSON.stringify([request.repo, request.revision, request.selection]);
    const running = this.#pulling.get(key) ?? this.#pull(request).finally(() => { this.#pulling.delete(key); });
    this.#pulling.set(key, running);
    return running;
  }

  /** @throws download.not_found */
  async pause(id: string): Promise<Download> {
    const { book, queue, rules } = this.#deps;
    rules.requireWritable();
    const item = book.get(id);
    await queue.waitForFinish(item);
    if (!isActive(item.record.status) && !['waiting', 'resolving'].includes(item.record.status)) return item.toDownload();
    book.move(item, 'paused');
    await queue.halt(item);
    queue.schedule();
    return item.toDownload();
  }

  /** Goes on where it stopped. @throws download.not_found */
  async resume(id: string): Promise<Download> {
    const { book, queue, rules } = this.#deps;
    rules.requireWritable();
    const item = book.get(id);
    if (['paused', 'failed', 'waiting'].includes(item.record.status)) {
      await item.halt();
      item.record.attempt = 0;
      queue.requeue(item);
    }
    return item.toDownload();
  }

  /** First in the queue. @throws download.not_found */
  promote(id: string): Download {
    const { book, queue, rules } = this.#deps;
    rules.requireWritable();
    const item = book.get(id);
    const foremost = Math.min(...book.items.map(({ record }) => record.position));
    if (item.record.position !== foremost || book.items.length === 1) item.record.position = foremost - 1;
    book.save(item);
    queue.schedule();
    return item.toDownload();
  }

  /** Ends it and deletes what is unfinished; a finished one only leaves the list. @throws download.not_found */
  async remove(id: string): Promise<void> {
    const { book, queue, rules } = this.#deps;
    rules.requireWritable();
    const item = book.get(id);
    await queue.waitForFinish(item);
    const isDone = item.record.status === 'done';
    if (!isDone) book.move(item, 'paused');
    await queue.halt(item);
    book.note(item, 'download.removed', { details: { isDone } });
    book.remove(item);
    if (!isDone) await this.#removeFiles(item.record);
    queue.schedule();
  }

  async #pull(request: PullRequest): Promise<Download> {
    const { book, planner, queue, clock, rules } = this.#deps;
    rules.requireWritable();
    const plan = await planner.plan(request);
    const cache = rules.getCache();
    const same = book.items.find(({ record }) => isSame(record, { ...plan, repo: request.repo, cache }));
    if (same !== undefined) return this.#takeAgain(same);
    await this.#requireRoom({ repo: request.repo, cache }, plan);
    const nowMs = clock.nowMs();
    const item = book.add({
      id: downloadId.parse(createId('dl', nowMs)), repo: request.repo, revision: request.revision, selection: request.selection, cache, ...plan,
      status: 'queued', problem: null, problemDetail: null, retryAtMs: null, attempt: 0, versionIds: [],
      position: Math.max(0, ...book.items.map(({ record }) => record.position)) + 1, createdAtMs: nowMs, endedAtMs: null,
    });
    book.note(item, 'download.queued', { details: { files: plan.files.length, sizeBytes: item.remainingBytes } });
    queue.schedule();
    return item.toDownload();
  }

  /** One that is under way stays; one that ended goes on, also when its files were deleted since. */
  async #takeAgain(item: DownloadItem): Promise<Download> {
    const { record } = item;
    if (record.status !== 'done') return this.resume(record.id);
    const sizes = await Promise.all(record.files.map(({ path }) => stat(join(getSnapshotFolder(record, record.commit), path)).then(({ size }) => size, () => null)));
    if (record.files.every(({ sizeBytes }, index) => sizes[index] === sizeBytes)) return item.toDownload();
    for (const file of record.files) Object.assign(file, { status: 'queued', doneBytes: 0 });
    this.#deps.queue.requeue(item);
    return item.toDownload();
  }

  /** @throws disk.full where what is still to be fetched, here and in the queue, does not fit */
  async #requireRoom(place: { repo: string; cache: string }, { files }: PullPlan): Promise<void> {
    const { book, finder, rules } = this.#deps;
    const missing = await Promise.all(files.map(async (file) => {
      const targetPath = getBlobPath(place, file.digest.hex);
      const isHere = await stat(targetPath).then(({ size }) => size === file.sizeBytes, () => false);
      if (isHere || (await finder.find({ sha256: file.digest.hex, sizeBytes: file.sizeBytes, butNot: targetPath })).length > 0) return 0;
      file.doneBytes = Math.min(file.sizeBytes, await readPartialBytes(getPartialPath(place, file.digest.hex)));
      return file.sizeBytes - file.doneBytes;
    }));
    const queuedBytes = book.items.filter(({ record }) => record.cache === place.cache && (isActive(record.status) || record.status === 'waiting')).reduce((sum, { remainingBytes }) => sum + remainingBytes, 0);
    const neededBytes = missing.reduce((sum, bytes) => sum + bytes, queuedBytes);
    const freeBytes = await rules.readFreeBytes(place.cache);
    if (neededBytes > freeBytes) throw new AppError('disk.full', 'the download does not fit on the disk', { path: place.cache, neededBytes, freeBytes });
  }

  /** After a restart: nothing is under way, and how far each file is stands on the disk. */
  async #takeUp(item: DownloadItem): Promise<void> {
    const { record } = item;
    if (record.status === 'done') return;
    for (const file of record.files.filter(({ status }) => status !== 'done' && status !== 'reused' && status !== 'quarantined')) {
      file.status = 'queued';
      file.doneBytes = Math.min(file.sizeBytes, await readPartialBytes(getPartialPath(record, file.digest.hex)));
    }
    if (isActive(record.status) || record.status === 'resolving') record.status = 'queued';
    this.#deps.book.save(item);
  }

  /** Deletes what this download brought, unless another one has the same bytes. What had been in the cache before stays: other models, or other programs, use it. */
  async #removeFiles(record: DownloadRecord): Promise<void> {
    const others = this.#deps.book.items.filter(({ record: other }) => other.cache === record.cache && other.repo === record.repo);
    const shared = new Set(others.flatMap(({ record: { files } }) => files.map(({ digest }) => digest.hex)));
    const own = record.files.filter(({ digest }) => !shared.has(digest.hex));
    for (const { digest } of own) await removePartial(getPartialPath(record, digest.hex));
    await removeBrought(record, { commit: record.commit, files: own.filter(({ status }) => status === 'done').map(({ path, digest }) => ({ path, hex: digest.hex })) });
  }
}

function isSame(record: DownloadRecord, wanted: { repo: string; cache: string; commit: string; files: readonly DownloadFile[] }): boolean {
  const paths = new Set(record.files.map(({ path }) => path));
  return record.repo === wanted.repo && record.cache === wanted.cache && record.commit === wanted.commit && paths.size === wanted.files.length && wanted.files.every(({ path }) => paths.has(path));
}
