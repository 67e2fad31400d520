import type { Download } from '#contract/downloads.ts';
import type { TransferProgress } from '../../platform/transfer/transferMessages.ts';
import { getSnapshotFolder } from './cacheLayout.ts';
import type { DownloadFile, DownloadRecord } from './downloadRecord.ts';
import { ProgressMeter } from './progressMeter.ts';
import { isActive } from './queuePolicy.ts';

/** One file on its way. */
interface RunningFile { cancel: AbortController; settled: Promise<void>; fetchedBytes: number }

/** A download with what is known of it while it runs. */
export class DownloadItem {
  readonly record: DownloadRecord;
  readonly running = new Map<string, RunningFile>();
  readonly #meter = new ProgressMeter();

  constructor(record: DownloadRecord) {
    this.record = record;
  }

  get remainingBytes(): number {
    return this.record.files.reduce((sum, { sizeBytes, doneBytes }) => sum + sizeBytes - doneBytes, 0);
  }

  get isComplete(): boolean {
    return this.record.files.every(({ status }) => status === 'done' || status === 'reused');
  }

  /** Takes in how far a file is. */
  note(file: DownloadFile, progress: TransferProgress, nowMs: number): void {
    const running = this.running.get(file.path);
    if (running === undefined) return;
    this.#meter.add(progress.fetchedBytes - running.fetchedBytes, nowMs);
    if (progress.fetchedBytes > running.fetchedBytes) this.record.attempt = 0;
    running.fetchedBytes = progress.fetchedBytes;
    file.status = progress.stage;
    if (progress.stage === 'downloading') file.doneBytes = progress.doneBytes;
    if (isActive(this.record.status)) this.record.status = this.#isVerifying() ? 'verifying' : 'downloading';
  }

  /** Ends all its files and waits until nothing touches them any more. */
  async halt(): Promise<void> {
    for (const { cancel } of this.running.values()) cancel.abort(new HaltSignal());
    await Promise.all([...this.running.values()].map(({ settled }) => settled));
    this.#meter.reset();
  }

  toDownload(): Download {
    const { record } = this;
    const sum = (pick: (file: DownloadFile) => number): number => record.files.reduce((total, file) => total + pick(file), 0);
    const isMoving = this.running.size > 0;
    return {
      id: record.id, repo: record.repo, revision: record.revision, commit: record.commit, label: record.label, folder: getSnapshotFolder(record, record.commit),
      status: record.status, problem: record.problem, problemDetail: record.problemDetail, retryAtMs: record.retryAtMs, attempt: record.attempt,
      totalBytes: sum(({ sizeBytes }) => sizeBytes), doneBytes: sum(({ doneBytes }) => doneBytes), reusedBytes: sum(({ status, sizeBytes }) => (status === 'reused' ? sizeBytes : 0)),
      bytesPerSecond: isMoving ? this.#meter.bytesPerSecond : 0, etaMs: isMoving ? this.#meter.estimateMs(this.remainingBytes) : null,
      files: record.files.map(({ path, sizeBytes, doneBytes, status }) => ({ path, sizeBytes, doneBytes, status })),
      versionIds: record.versionIds, createdAtMs: record.createdAtMs, endedAtMs: record.endedAtMs, position: record.position,
    };
  }

  /** All bytes are there and the last are being hashed. */
  #isVerifying(): boolean {
    return this.record.files.every(({ status }) => status === 'verifying' || status === 'done' || status === 'reused');
  }
}

/** A file was ended on purpose: nothing failed. */
export class HaltSignal extends Error {}
