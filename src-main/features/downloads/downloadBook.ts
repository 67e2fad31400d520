import { AppError } from '#contract/errors.ts';
import type { Download } from '#contract/downloads.ts';
import type { JournalEvent } from '#contract/journal.ts';
import type { DownloadId } from '#contract/modelIds.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { JournalService } from '../journal/index.ts';
import { DownloadItem } from './downloadItem.ts';
import type { DownloadRecord } from './downloadRecord.ts';
import type { DownloadRepository } from './downloadRepository.ts';

interface BookDeps { repository: DownloadRepository; journal: JournalService; clock: Clock }

const ANNOUNCE_EVERY_MS = 250;

/** All downloads: kept, announced, and their changes of status written down. */
export class DownloadBook {
  readonly #deps: BookDeps;
  readonly #items = new Map<string, DownloadItem>();
  readonly #didChange = new Emitter<Download>();
  readonly #didRemove = new Emitter<DownloadId>();
  readonly #waiting = new Map<string, () => void>();

  readonly onDidChange = this.#didChange.event;
  readonly onDidRemove = this.#didRemove.event;

  constructor(deps: BookDeps) {
    this.#deps = deps;
  }

  load(): void {
    for (const record of this.#deps.repository.list()) this.#items.set(record.id, new DownloadItem(record));
  }

  get items(): readonly DownloadItem[] {
    return [...this.#items.values()];
  }

  /** @throws download.not_found */
  get(id: string): DownloadItem {
    const item = this.#items.get(id);
    if (item === undefined) throw new AppError('download.not_found', 'no such download', { downloadId: id });
    return item;
  }

  has(item: DownloadItem): boolean {
    return this.#items.has(item.record.id);
  }

  add(record: DownloadRecord): DownloadItem {
    const item = new DownloadItem(record);
    this.#items.set(record.id, item);
    this.save(item);
    return item;
  }

  /** Keeps the record as it is now and announces it. */
  save(item: DownloadItem): void {
    if (!this.has(item)) return;
    this.#deps.repository.save(item.record);
    this.#announce(item);
  }

  /** Changes the status, with a row in the journal. */
  move(item: DownloadItem, to: DownloadRecord['status'], change: Partial<Pick<DownloadRecord, 'problem' | 'problemDetail' | 'retryAtMs' | 'endedAtMs'>> = {}): void {
    const { record } = item;
    const from = record.status;
    Object.assign(record, { problem: null, problemDetail: null, retryAtMs: null, endedAtMs: null }, change, { status: to });
    if (from !== to) this.note(item, 'download.status', { from, to, cause: record.problem });
    this.save(item);
  }

  note({ record }: DownloadItem, event: JournalEvent, { details = {}, ...rest }: { from?: string; to?: string; cause?: string | null; details?: Record<string, unknown> } = {}): void {
    this.#deps.journal.record({ event, subjectKind: 'download', subjectId: record.id, subjectName: `${record.repo}:${record.label}`, details: { revision: record.revision, commit: record.commit, ...details }, ...rest });
  }

  /** Announces progress a few times a second at most. */
  announceSoon(item: DownloadItem): void {
    const { id } = item.record;
    if (this.#waiting.has(id)) return;
    this.#waiting.set(id, this.#deps.clock.after(ANNOUNCE_EVERY_MS, () => { this.#waiting.delete(id); if (this.has(item)) this.#announce(item); }));
  }

  remove(item: DownloadItem): void {
    this.#items.delete(item.record.id);
    this.#deps.repository.delete(item.record.id);
    this.#didRemove.fire(item.record.id);
  }

  /** Ends what waits to be announced. */
  dispose(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  #announce(item: DownloadItem): void {
    this.#waiting.get(item.record.id)?.();
    this.#waiting.delete(item.record.id);
    this.#didChange.fire(item.toDownload());
  }
}
