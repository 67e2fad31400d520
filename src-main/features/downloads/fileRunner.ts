import type { Hub } from '../../platform/hub/hub.ts';
import type { TransferJob, TransferProgress, TransferResult } from '../../platform/transfer/transferMessages.ts';
import type { Transfers } from '../../platform/transfer/transfers.ts';
import type { BlobFinder } from './blobFinder.ts';
import { getBlobPath, getPartialPath, getQuarantinePath } from './cacheLayout.ts';
import type { DownloadFile, DownloadRecord } from './downloadRecord.ts';
import { linkIntoSnapshot } from './snapshotWriter.ts';

export interface FileRunnerDeps {
  getHub: () => Pick<Hub, 'endpoint' | 'headersFor'>;
  transfers: Transfers;
  finder: Pick<BlobFinder, 'find' | 'forget'>;
  getParallelParts: () => number;
}

/** Whether a revision is a commit, whose content never changes. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** Brings one file of a download to its place in the cache and under its own name. @throws TransferFailure, the signal's reason */
export async function runFile(deps: FileRunnerDeps, { record, file }: { record: DownloadRecord; file: DownloadFile }, options: { signal: AbortSignal; onProgress: (progress: TransferProgress) => void }): Promise<TransferResult> {
  const job = await createJob(deps, record, file);
  const result = await deps.transfers.run(job, options);
  deps.finder.forget();
  await linkIntoSnapshot(record, { commit: record.commit, path: file.path, hex: file.digest.hex });
  return result;
}

async function createJob({ getHub, finder, getParallelParts }: FileRunnerDeps, record: DownloadRecord, { path, sizeBytes, digest }: DownloadFile): Promise<TransferJob> {
  const hub = getHub();
  const url = `${hub.endpoint}/${record.repo}/resolve/${record.commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
  const targetPath = getBlobPath(record, digest.hex);
  const reuse = digest.algorithm === 'sha256' ? await finder.find({ sha256: digest.hex, sizeBytes, butNot: targetPath }) : [];
  return {
    url, headers: hub.headersFor(url), sizeBytes, digest, reuse, targetPath,
    partialPath: getPartialPath(record, digest.hex), quarantinePath: getQuarantinePath(record, digest.hex),
    parallelParts: getParallelParts(), isPinned: isCommit(record.revision),
  };
}
