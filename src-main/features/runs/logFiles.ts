import { open, stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

/** One file of a log. The writer rotates `output.log` to `.1`, `.2` …, so a higher number is older. */
export interface LogPart {
  readonly path: string;
  readonly sizeBytes: number;
  readonly inode: number;
}

/** More parts than any rotation keeps. */
const MAX_PARTS = 200;
const CHUNK_BYTES = 64 * 1024;

/** The log's files, oldest first; empty where nothing was written yet. */
export async function readLogParts(path: string): Promise<LogPart[]> {
  const parts: LogPart[] = [];
  for (let index = 0; index < MAX_PARTS; index += 1) {
    const part = await readPart(index === 0 ? path : `${path}.${index}`);
    if (part === null && index > 0) break;
    if (part !== null) parts.unshift(part);
  }
  return parts;
}

/** Reads at most `maxBytes` from an offset; null where the file is gone. */
export async function readRange(path: string, fromBytes: number, maxBytes: number): Promise<Buffer | null> {
  const file = await open(path, 'r').catch(goneToNull);
  if (file === null) return null;
  try {
    const buffer = Buffer.alloc(maxBytes);
    const { bytesRead } = await file.read(buffer, 0, maxBytes, fromBytes);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The last bytes of the whole log, without reading the rest; starts at a line where something was left out. */
export async function readLogTail(path: string, maxBytes: number): Promise<{ bytes: Buffer; sizeBytes: number; isTruncated: boolean }> {
  const parts = await readLogParts(path);
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const pieces: Buffer[] = [];
  let missing = Math.min(maxBytes, sizeBytes);
  for (const part of parts.toReversed()) {
    if (missing <= 0) break;
    const take = Math.min(missing, part.sizeBytes);
    pieces.unshift(await readRange(part.path, part.sizeBytes - take, take) ?? Buffer.alloc(0));
    missing -= take;
  }
  const bytes = Buffer.concat(pieces);
  return { bytes: sizeBytes > maxBytes ? fromNextLine(bytes) : bytes, sizeBytes, isTruncated: sizeBytes > maxBytes };
}

/** The whole log in chunks of text, oldest first; every chunk is one turn of the event loop. */
export async function* readLogChunks(path: string): AsyncGenerator<string, void, void> {
  const decoder = new StringDecoder('utf8');
  for (const part of await readLogParts(path)) {
    for await (const chunk of readChunks(part.path)) yield decoder.write(chunk);
  }
  yield decoder.end();
}

/** A file in chunks; each is valid until the next one. */
async function* readChunks(path: string): AsyncGenerator<Buffer, void, void> {
  const file = await open(path, 'r').catch(goneToNull);
  if (file === null) return;
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    let atBytes = 0;
    for (let bytesRead = -1; bytesRead !== 0; atBytes += bytesRead) {
      ({ bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, atBytes));
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Cuts at a line where one begins soon, else at a character. */
function fromNextLine(bytes: Buffer): Buffer {
  const lineFeed = bytes.indexOf(0x0a);
  if (lineFeed >= 0 && lineFeed < bytes.length - 1) return bytes.subarray(lineFeed + 1);
  const start = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return bytes.subarray(Math.max(0, start));
}

async function readPart(path: string): Promise<LogPart | null> {
  const facts = await stat(path).catch(goneToNull);
  return facts === null ? null : { path, sizeBytes: facts.size, inode: facts.ino };
}

function goneToNull(error: unknown): null {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
  throw error;
}
