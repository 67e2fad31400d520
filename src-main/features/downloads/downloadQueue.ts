import { join } from 'node:path';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { toTransferFailure, type TransferFailure } from '../../platform/transfer/transferFailure.ts';
import { getSnapshotFolder } from './cacheLayout.ts';
import type { DownloadBook } from './downloadBook.ts';
import { HaltSignal, type DownloadItem } from './downloadItem.ts';
import type { DownloadPlanner } from './downloadPlanner.ts';
import type { DownloadFile } from './downloadRecord.ts';
import { decideAfterFailure } from './failurePolicy.ts';
import { isCommit, runFile, type FileRunnerDeps } from './fileRunner.ts';
import { chooseNextFile, isActive } from './queuePolicy.ts';
import { writeRef } from './snapshotWriter.ts';

/** A download that is whole, for who keeps the models. */
export interface FinishedDownload {
  readonly repo: string;
  readonly revision: string;
  readonly commit: string;
  readonly label: string;
  /** The snapshot's folder. */
  readonly folder: string;
  readonly files: readonly { readonly path: string; readonly absolutePath: string; readonly sizeBytes: number; readonly sha256: string | null }[];
}

interface QueueDeps {
  book: DownloadBook;
  planner: Pick<DownloadPlanner, 'plan'>;
  files: FileRunnerDeps;
  getParallelFiles: () => number;
  /** Takes a finished download in; gives the versions that it became. */
  register: (finished: FinishedDownload) => Promise<readonly ModelVersionId[]>;
  machine: { clock: Clock; log: Logger };
}

/** Fetches what is queued, a few files at a time, and decides what follows when one does not come. */
export class DownloadQueue {
  readonly #deps: QueueDeps;
  readonly #wakes = new Map<string, () => void>();
  readonly #busyHexes = new Set<string>();
  readonly #finishing = new Map<DownloadItem, Promise<void>>();
  #isStopped = true;

  constructor(deps: QueueDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#isStopped = false;
    for (const item of this.#deps.book.items) if (item.record.status === 'waiting') this.#wakeLater(item);
    this.schedule();
  }

  /** Resolves once no file is touched any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const cancel of this.#wakes.values()) cancel();
    this.#wakes.clear();
    await Promise.all(this.#deps.book.items.map((item) => item.halt()));
  }

  /** Starts what there is room for; called after every change. */
  schedule(): void {
    if (this.#isStopped) return;
    for (let next = this.#choose(); next !== null; next = this.#choose()) this.#begin(next.item, next.file);
    for (const item of this.#deps.book.items) if (isActive(item.record.status) && item.isComplete && item.running.size === 0) this.#finishOnce(item);
  }

  /** Back into the queue, whatever it waited for. */
  requeue(item: DownloadItem): void {
    this.#wakes.get(item.record.id)?.();
    this.#wakes.delete(item.record.id);
    for (const file of item.record.files) if (file.status === 'quarantined') Object.assign(file, { status: 'queued', doneBytes: 0 });
    this.#deps.book.move(item, 'queued');
    this.schedule();
  }

  /** Ends its files, waits for them, and forgets when it was to go on. */
  async halt(item: DownloadItem): Promise<void> {
    this.#wakes.get(item.record.id)?.();
    this.#wakes.delete(item.record.id);
    await item.halt();
  }

  /** While a download that is whole is being taken in, its files are not to be touched. */
  async waitForFinish(item: DownloadItem): Promise<void> {
    await this.#finishing.get(item);
  }

  #choose(): { item: DownloadItem; file: DownloadFile } | null {
    const { book, getParallelFiles } = this.#deps;
    if (this.#busyHexes.size >= getParallelFiles()) return null;
    const next = chooseNextFile({ downloads: book.items.map(({ record }) => record), busyHexes: this.#busyHexes });
    const item = next === null ? null : book.get(next.downloadId);
    const file = item?.record.files.find(({ path }) => path === next?.path);
    return item === null || file === undefined ? null : { item, file };
  }

  #begin(item: DownloadItem, file: DownloadFile): void {
    const cancel = new AbortController();
    this.#busyHexes.add(file.digest.hex);
    file.status = 'downloading';
    const settled = this.#run(item, file, cancel.signal).finally(() => {
      this.#busyHexes.delete(file.digest.hex);
      item.running.delete(file.path);
      this.#deps.book.save(item);
      this.schedule();
    });
    item.running.set(file.path, { cancel, settled, fetchedBytes: 0 });
    if (item.record.status === 'queued') this.#deps.book.move(item, 'downloading');
  }

  /** Does not throw: what goes wrong becomes the download's state. */
  async #run(item: DownloadItem, file: DownloadFile, signal: AbortSignal): Promise<void> {
    const { book, files, machine: { clock } } = this.#deps;
    const onProgress: Parameters<typeof runFile>[2]['onProgress'] = (progress) => {
      item.note(file, progress, clock.monotonicMs());
      book.announceSoon(item);
    };
    try {
      const { how, sha256 } = await runFile(files, { record: item.record, file }, { signal, onProgress });
      Object.assign(file, { status: how === 'reused' ? 'reused' : 'done', sha256, doneBytes: file.sizeBytes });
    } catch (error) {
      file.status = 'queued';
      if (!(error instanceof HaltSignal)) this.#onFailed(item, file, toTransferFailure(error));
    }
  }

  #onFailed(item: DownloadItem, file: DownloadFile, failure: TransferFailure): void {
    const { book, machine: { clock, log } } = this.#deps;
    const { record } = item;
    const { problem } = failure;
    if (problem === 'wrong_sha256') Object.assign(file, { status: 'quarantined', doneBytes: 0 });
    if (!isActive(record.status)) return;
    record.attempt += 1;
    const next = decideAfterFailure({ failure, attempt: record.attempt, isPinned: isCommit(record.revision) });
    log.warn('download.file_failed', { downloadId: record.id, file: file.path, problem, detail: failure.message, next: next.kind });
    for (const [path, { cancel }] of item.running) if (path !== file.path) cancel.abort(new HaltSignal());
    const what = { problem, problemDetail: `${file.path}: ${failure.message}` };
    if (next.kind === 'fail') { book.move(item, 'failed', { ...what, endedAtMs: clock.nowMs() }); return; }
    if (next.kind === 'lookAgain') { this.#lookAgain(item, what); return; }
    book.move(item, 'waiting', { ...what, retryAtMs: clock.nowMs() + next.delayMs });
    this.#wakeLater(item);
  }

  #wakeLater(item: DownloadItem): void {
    const { clock } = this.#deps.machine;
    const delayMs = Math.max(0, (item.record.retryAtMs ?? 0) - clock.nowMs());
    this.#wakes.get(item.record.id)?.();
    this.#wakes.set(item.record.id, clock.after(delayMs, () => { this.requeue(item); }));
  }

  /** The branch may have moved on: what it means now is asked for, and files that are the same stay. */
  #lookAgain(item: DownloadItem, what: { problem: TransferFailure['problem']; problemDetail: string }): void {
    const { book, planner, machine: { clock } } = this.#deps;
    const { record } = item;
    const kept = new Map(record.files.map((file) => [file.digest.hex, file]));
    book.move(item, 'resolving', what);
    planner.plan(record).then(async (plan) => {
      await item.halt();
      if (record.status !== 'resolving') return;
      const isSame = plan.commit === record.commit;
      if (isSame) { book.move(item, 'failed', { ...what, endedAtMs: clock.nowMs() }); return; }
      const files = plan.files.map((file) => ({ ...file, doneBytes: kept.get(file.digest.hex)?.doneBytes ?? 0 }));
      Object.assign(record, { commit: plan.commit, files });
      this.requeue(item);
    }).catch((error: unknown) => {
      this.#deps.machine.log.warn('download.not_planned_again', { downloadId: record.id, error });
      if (record.status === 'resolving') book.move(item, 'failed', { ...what, endedAtMs: clock.nowMs() });
    });
  }

  #finishOnce(item: DownloadItem): void {
    if (this.#finishing.has(item)) return;
    const finished = this.#finish(item).catch((error: unknown) => {
      if (this.#isStopped) return;
      const { problem, message } = toTransferFailure(error);
      this.#deps.book.move(item, 'failed', { problem, problemDetail: message, endedAtMs: this.#deps.machine.clock.nowMs() });
    }).finally(() => { this.#finishing.delete(item); });
    this.#finishing.set(item, finished);
  }

  async #finish(item: DownloadItem): Promise<void> {
    const { book, machine: { clock, log }, register } = this.#deps;
    const { record } = item;
    await writeRef(record, record);
    const versionIds = await register(toFinished(item)).catch((error: unknown) => { log.error('download.not_registered', { downloadId: record.id, error }); return []; });
    // It is finished again after the next start; by now nothing may be written any more.
    if (this.#isStopped) return;
    record.versionIds = [...versionIds];
    if (isActive(record.status)) book.move(item, 'done', { endedAtMs: clock.nowMs() });
  }
}

function toFinished({ record }: DownloadItem): FinishedDownload {
  const folder = getSnapshotFolder(record, record.commit);
  const { repo, revision, commit, label } = record;
  return { repo, revision, commit, label, folder, files: record.files.map(({ path, sizeBytes, sha256 }) => ({ path, absolutePath: join(folder, path), sizeBytes, sha256 })) };
}
