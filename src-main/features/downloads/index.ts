export { BlobFinder } from './blobFinder.ts';
export { DownloadBook } from './downloadBook.ts';
export { DownloadPlanner } from './downloadPlanner.ts';
export { DownloadQueue, type FinishedDownload } from './downloadQueue.ts';
export { DownloadRepository } from './downloadRepository.ts';
export { DownloadService } from './downloadService.ts';
export type { FileChoice, SelectableFile } from './fileSelection.ts';
