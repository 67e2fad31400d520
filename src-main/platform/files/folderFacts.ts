import { access, constants, open, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bytes that this user may still write on the disk that holds the path, or its nearest folder that exists. */
export async function readFreeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(await findExisting(path));
  return bavail * bsize;
}

/** Whether the path, or where it does not exist yet the nearest folder above, may be written. Does not throw. */
export async function isWritable(path: string): Promise<boolean> {
  try {
    const existing = await findExisting(path);
    await access(existing, constants.W_OK);
    return existing === path || (await stat(existing)).isDirectory();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

/** Reads at most `maxBytes` from the file's start; `isWhole` says whether that was all. @throws what the system says. */
export async function readHeadOfFile(path: string, { maxBytes }: { maxBytes: number }): Promise<{ bytes: Buffer; isWhole: boolean }> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length <= maxBytes; length += read) {
      read = (await file.read(buffer, length, buffer.length - length, length)).bytesRead;
    }
    return { bytes: buffer.subarray(0, Math.min(length, maxBytes)), isWhole: length <= maxBytes };
  } finally {
    await file.close();
  }
}

async function findExisting(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    try {
      await stat(at);
      return at;
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
      if (!isMissing || dirname(at) === at) throw error;
    }
  }
}
