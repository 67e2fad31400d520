import { stat, statfs } from 'node:fs/promises';

/** The disk that a folder lies on. */
export interface FolderDisk { readonly folder: string; readonly totalBytes: number; readonly freeBytes: number }

/** The disks under these folders, each once, named by the first folder on it. A folder that is not there (yet) is left out. */
export async function readFolderDisks(folders: readonly string[]): Promise<FolderDisk[]> {
  const found = await Promise.all(folders.map((folder) => readOne(folder)));
  const disks = found.filter((disk) => disk !== null);
  return disks.filter((disk, at) => disks.findIndex(({ device }) => device === disk.device) === at).map(({ folder, totalBytes, freeBytes }) => ({ folder, totalBytes, freeBytes }));
}

async function readOne(folder: string): Promise<(FolderDisk & { device: number }) | null> {
  try {
    const [{ dev: device }, disk] = await Promise.all([stat(folder), statfs(folder)]);
    return { folder, device, totalBytes: disk.blocks * disk.bsize, freeBytes: disk.bavail * disk.bsize };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
