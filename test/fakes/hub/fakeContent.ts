import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { FakeContent } from './fakeRepo.ts';
import { SeededBytes, type Bytes } from './seededBytes.ts';

/** The bytes that a test described. */
export function toBytes(content: FakeContent): Bytes {
  if ('text' in content) return inMemory(Buffer.from(content.text));
  if ('base64' in content) return inMemory(Buffer.from(content.base64, 'base64'));
  if ('localPath' in content) return onDisk(content.localPath);
  return new SeededBytes({ seed: content.seed, sizeBytes: content.sizeBytes, head: Buffer.from(content.headBase64 ?? '', 'base64') });
}

function inMemory(bytes: Uint8Array): Bytes {
  return { sizeBytes: bytes.length, pieces: (from, to) => [bytes.subarray(from, to)] };
}

function onDisk(path: string): Bytes {
  const { size } = statSync(path);
  return {
    sizeBytes: size,
    pieces: async function* pieces(from, to) {
      if (to <= from) return;
      for await (const piece of createReadStream(path, { start: from, end: to - 1, highWaterMark: 1 << 20 })) yield piece as Uint8Array;
    },
  };
}

/** The file with one byte flipped. */
export function withFlippedByte(bytes: Bytes, atByte: number): Bytes {
  return {
    sizeBytes: bytes.sizeBytes,
    pieces: async function* pieces(from, to) {
      let at = from;
      for await (const piece of bytes.pieces(from, to)) {
        const index = atByte - at;
        at += piece.length;
        if (index < 0 || index >= piece.length) { yield piece; continue; }
        const copy = Uint8Array.from(piece);
        copy[index] = (copy[index] ?? 0) ^ 0xff;
        yield copy;
      }
    },
  };
}

export async function readAll(bytes: Bytes): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of bytes.pieces(0, bytes.sizeBytes)) parts.push(piece);
  return Buffer.concat(parts);
}

export async function hashOf(bytes: Bytes, algorithm: 'sha256' | 'sha1', prefix = ''): Promise<string> {
  const hash = createHash(algorithm).update(prefix);
  for await (const piece of bytes.pieces(0, bytes.sizeBytes)) hash.update(piece);
  return hash.digest('hex');
}
