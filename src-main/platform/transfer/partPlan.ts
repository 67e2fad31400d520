/** A stretch of a file that is fetched in order; `writtenBytes` of it are in the file. */
export interface Part {
  readonly index: number;
  readonly fromByte: number;
  readonly sizeBytes: number;
  writtenBytes: number;
}

const MIB = 1024 * 1024;
const SMALLEST_PART = 4 * MIB;
/** Large enough that a round trip between two parts does not show, small enough that the hash stays close behind. */
const LARGEST_PART = 32 * MIB;

/** How long each part of a file is. */
export function decidePartBytes({ sizeBytes, parallelParts }: { sizeBytes: number; parallelParts: number }): number {
  return Math.min(LARGEST_PART, Math.max(SMALLEST_PART, Math.ceil(sizeBytes / parallelParts)));
}

/** Cuts a file into parts, in order; none for an empty file. */
export function planParts({ sizeBytes, partBytes }: { sizeBytes: number; partBytes: number }): Part[] {
  return Array.from({ length: Math.ceil(sizeBytes / partBytes) }, (_, index) => {
    const fromByte = index * partBytes;
    return { index, fromByte, sizeBytes: Math.min(partBytes, sizeBytes - fromByte), writtenBytes: 0 };
  });
}

/** Bytes from the file's start without a gap. `fromIndex`: parts before it are known to be whole. */
export function measurePrefix(parts: readonly Part[], fromIndex = 0): { prefixBytes: number; firstOpen: number } {
  let index = fromIndex;
  for (let part = parts[index]; part?.writtenBytes === part?.sizeBytes && part !== undefined; part = parts[index]) index += 1;
  const open = parts[index];
  const last = parts.at(-1);
  if (open !== undefined) return { prefixBytes: open.fromByte + open.writtenBytes, firstOpen: index };
  return { prefixBytes: last === undefined ? 0 : last.fromByte + last.sizeBytes, firstOpen: index };
}
