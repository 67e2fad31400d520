/** What a real header stays below; more is refused before anything is made of it. */
export const ggufLimits = {
  /** The largest vocabularies of 2026 make about 25 MB. */
  headerBytes: 48_000_000,
  metadataKeys: 10_000,
  tensors: 200_000,
  textChars: 2_000_000,
  listItems: 4_096,
  listTexts: 16,
  workerHeapMib: 384,
  timeoutMs: 30_000,
} as const;

const MAGIC = 0x46554747;

/** Why a file's first 24 bytes are not those of a GGUF that we read; null when they are. */
export function findGgufStartProblem(start: Uint8Array): string | null {
  if (start.length < 24) return 'the file is too short';
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return 'it does not begin with GGUF';
  const isLittle = (view.getUint32(4, true) & 0xffff) !== 0;
  const version = view.getUint32(4, isLittle);
  if (version !== 2 && version !== 3) return `version ${version} is not known`;
  if (view.getBigUint64(8, isLittle) > BigInt(ggufLimits.tensors)) return 'it claims too many tensors';
  if (view.getBigUint64(16, isLittle) > BigInt(ggufLimits.metadataKeys)) return 'it claims too many keys';
  return null;
}
