import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';

const CHUNK_BYTES = 4 * 1024 * 1024;
const PROGRESS_BYTES = 32 * 1024 * 1024;

/** Reads a file once and hashes it; with `to` it is written there too, under a name that must be free. Synchronous: for workers. */
export function hashFile(path: string, { to = null, onProgress }: { to?: string | null; onProgress: (doneBytes: number) => void }): { sha256: string; sizeBytes: number } {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const input = openSync(path, 'r');
  const output = to === null ? null : openSync(to, 'wx');
  let sizeBytes = 0;
  let reported = 0;
  try {
    for (let count = readSync(input, chunk); count > 0; count = readSync(input, chunk)) {
      const bytes = chunk.subarray(0, count);
      hash.update(bytes);
      if (output !== null) writeAll(output, bytes);
      sizeBytes += count;
      if (sizeBytes - reported < PROGRESS_BYTES) continue;
      reported = sizeBytes;
      onProgress(sizeBytes);
    }
    if (output !== null) fsyncSync(output);
    return { sha256: hash.digest('hex'), sizeBytes };
  } finally {
    closeSync(input);
    if (output !== null) closeSync(output);
  }
}

function writeAll(output: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(output, bytes, done);
}
