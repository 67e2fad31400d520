import { inflateRawSync } from 'node:zlib';
import type { ByteSource } from '../byteSource.ts';
import { HeaderError } from '../headerError.ts';

/** One file of a zip, as its directory says. */
export interface ZipEntry { readonly name: string; readonly method: number; readonly packedBytes: number; readonly sizeBytes: number; readonly headerOffset: number }

const END_BYTES = 22;
const MAX_COMMENT = 65_535;
const MAX_DIRECTORY_BYTES = 128 * 1024 * 1024;
const MAX_ENTRIES = 200_000;
const STORED = 0;
const DEFLATED = 8;

/**
 * Lists the files of a zip, also one larger than 4 GB. Encryption flags are not believed: the bytes are looked at.
 *
 * Errors: HeaderError. Source: PKWARE's APPNOTE 6.3.10.
 */
export function listZip(source: ByteSource): ZipEntry[] {
  const { offset, size } = findDirectory(source);
  if (size > MAX_DIRECTORY_BYTES) throw new HeaderError('too_large', 'a large directory');
  const bytes = source.read(offset, size);
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + 46 <= bytes.length && bytes.readUInt32LE(at) === 0x02014b50) {
    const [nameBytes, extraBytes, commentBytes] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32)];
    const end = at + 46 + nameBytes + extraBytes + commentBytes;
    if (end > bytes.length || entries.length >= MAX_ENTRIES) throw new HeaderError('malformed', 'a broken directory');
    entries.push(widen({
      name: bytes.toString('utf8', at + 46, at + 46 + nameBytes), method: bytes.readUInt16LE(at + 10),
      packedBytes: bytes.readUInt32LE(at + 20), sizeBytes: bytes.readUInt32LE(at + 24), headerOffset: bytes.readUInt32LE(at + 42),
    }, bytes.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes)));
    at = end;
  }
  // Others look for the directory elsewhere than it says when it is not there: what they would find is not known.
  if (at !== bytes.length) throw new HeaderError('malformed', 'the directory is not where it says');
  return entries;
}

/** The bytes of one file, at most `maxBytes` of them. */
export function readZipEntry(source: ByteSource, entry: ZipEntry, maxBytes: number): Buffer {
  const header = source.read(entry.headerOffset, 30);
  if (header.readUInt32LE(0) !== 0x04034b50) throw new HeaderError('malformed', `no file at ${entry.headerOffset}`);
  const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (entry.method === STORED) return Buffer.from(source.read(start, Math.min(entry.packedBytes, maxBytes)));
  if (entry.method !== DEFLATED) throw new HeaderError('malformed', `packed by method ${entry.method}`);
  if (entry.packedBytes > maxBytes) throw new HeaderError('too_large', 'a large packed file');
  try {
    return inflateRawSync(source.read(start, entry.packedBytes), { maxOutputLength: maxBytes });
  } catch (error) {
    throw new HeaderError('malformed', error instanceof Error ? error.message : 'cannot be unpacked');
  }
}

function findDirectory(source: ByteSource): { offset: number; size: number } {
  const tailBytes = Math.min(source.sizeBytes, END_BYTES + MAX_COMMENT);
  const tail = source.read(source.sizeBytes - tailBytes, tailBytes);
  const at = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (at < 0 || at + END_BYTES > tail.length) throw new HeaderError('truncated', 'no directory at the end');
  const small = { size: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) };
  const large = findLargeDirectory(source, source.sizeBytes - tailBytes + at) ?? small;
  // Readers differ in which of the two they believe; whoever writes both writes the same.
  if (isOther(small.offset, large.offset) || isOther(small.size, large.size)) throw new HeaderError('malformed', 'two directories');
  return large;
}

function isOther(small: number, large: number): boolean {
  return small !== 0xffffffff && small !== large;
}

function findLargeDirectory(source: ByteSource, endOffset: number): { offset: number; size: number } | null {
  if (endOffset < 20) return null;
  const locator = source.read(endOffset - 20, 20);
  if (locator.readUInt32LE(0) !== 0x07064b50) return null;
  const record = source.read(Number(locator.readBigUInt64LE(8)), 56);
  if (record.readUInt32LE(0) !== 0x06064b50) throw new HeaderError('malformed', 'a broken directory');
  return { size: Number(record.readBigUInt64LE(40)), offset: Number(record.readBigUInt64LE(48)) };
}

/** Sizes and offsets beyond 4 GB stand in the extra field, in this order, and only those that overflow. */
function widen(entry: ZipEntry, extra: Buffer): ZipEntry {
  const field = findExtra(extra, 1);
  let at = 0;
  const next = (value: number): number => {
    if (value !== 0xffffffff || at + 8 > field.length) return value;
    at += 8;
    return Number(field.readBigUInt64LE(at - 8));
  };
  const sizeBytes = next(entry.sizeBytes);
  const packedBytes = next(entry.packedBytes);
  return { ...entry, sizeBytes, packedBytes, headerOffset: next(entry.headerOffset) };
}

function findExtra(extra: Buffer, id: number): Buffer {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  }
  return Buffer.alloc(0);
}
