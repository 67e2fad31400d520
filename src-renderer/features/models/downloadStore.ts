import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Download } from '#contract/downloads.ts';
import type { Client } from '../../client/client.ts';

/** The downloads, newest first. */
export interface DownloadState { isReady: boolean; downloads: readonly Download[] }
export type DownloadStore = StoreApi<DownloadState>;

export function createDownloadStore(): DownloadStore {
  return createStore<DownloadState>(() => ({ isReady: false, downloads: [] }));
}

export async function mirrorDownloads(store: DownloadStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const change of await client.downloads.watch({}, { signal })) {
    if (change.kind === 'snapshot') store.setState({ isReady: true, downloads: change.downloads });
    else if (change.kind === 'changed') store.setState(({ downloads }) => ({ downloads: withDownload(downloads, change.download) }));
    else store.setState(({ downloads }) => ({ downloads: downloads.filter(({ id }) => id !== change.downloadId) }));
  }
}

function withDownload(downloads: readonly Download[], changed: Download): readonly Download[] {
  return downloads.some(({ id }) => id === changed.id) ? downloads.map((each) => (each.id === changed.id ? changed : each)) : [changed, ...downloads];
}

const LIVE: readonly Download['status'][] = ['queued', 'resolving', 'downloading', 'verifying', 'waiting'];

/** Whether a download is still on its way by itself. */
export function isUnderWay({ status }: Download): boolean {
  return LIVE.includes(status);
}
