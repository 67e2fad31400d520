import type { DownloadRecord } from './downloadRecord.ts';

/** One file that may be fetched next. */
export interface NextFile { downloadId: string; path: string }

type Queued = Pick<DownloadRecord, 'id' | 'status' | 'position' | 'files'>;

const ACTIVE: ReadonlySet<DownloadRecord['status']> = new Set(['queued', 'downloading', 'verifying']);

/** Whether a download takes part in the queue; the others wait for a person or a time. */
export function isActive(status: DownloadRecord['status']): boolean {
  return ACTIVE.has(status);
}

/** The next file: of the foremost download first, largest files last, and never bytes that another one is fetching. */
export function chooseNextFile({ downloads, busyHexes }: { downloads: readonly Queued[]; busyHexes: ReadonlySet<string> }): NextFile | null {
  for (const { id, files } of downloads.filter(({ status }) => isActive(status)).toSorted((a, b) => a.position - b.position)) {
    const waiting = files.filter(({ status, digest }) => status === 'queued' && !busyHexes.has(digest.hex));
    const next = waiting.toSorted((a, b) => a.sizeBytes - b.sizeBytes)[0];
    if (next !== undefined) return { downloadId: id, path: next.path };
  }
  return null;
}
