import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { invariant } from '../../base/invariant.ts';

/** What the hashing thread is asked: `advance` says how far a file may be read; the first one opens it. */
export type HashRequest =
  | { kind: 'advance'; id: number; path: string; sizeBytes: number; availableBytes: number }
  | { kind: 'forget'; id: number };

export type HashReply =
  | { kind: 'progress'; id: number; hashedBytes: number }
  | { kind: 'done'; id: number; sha256: string; git: string }
  | { kind: 'failed'; id: number; code: string; message: string };

interface OpenFile { fd: number; sha256: Hash; git: Hash | null; sizeBytes: number; hashedBytes: number; reportedBytes: number; availableBytes: number }

const SLICE_BYTES = 1024 * 1024;
const REPORT_BYTES = 32 * SLICE_BYTES;
/** Git keeps small files only; larger ones are spared the second hash. */
const MOST_GIT_BYTES = 64 * 1024 * 1024;

/** Runs in the hashing thread: hashes files from their start as far as they are written, in turns. */
export function serveHashing(): void {
  const port = parentPort;
  invariant(port !== null, 'hashing runs in a thread');
  const files = new Map<number, OpenFile>();
  const slice = Buffer.allocUnsafe(SLICE_BYTES);
  let isTurning = false;

  const send = (reply: HashReply): void => { port.postMessage(reply); };
  const forget = (id: number): void => {
    const file = files.get(id);
    if (file !== undefined) closeSync(file.fd);
    files.delete(id);
  };
  const attempt = (id: number, act: () => void): void => {
    try {
      act();
    } catch (error) {
      forget(id);
      send({ kind: 'failed', id, code: error instanceof Error && 'code' in error ? String(error.code) : '', message: String(error) });
    }
  };
  const turn = (): void => {
    isTurning = false;
    for (const [id, file] of files) attempt(id, () => { hashSlice(id, file); });
    if ([...files.values()].some((file) => file.hashedBytes < file.availableBytes)) startTurning();
  };
  const startTurning = (): void => {
    if (isTurning) return;
    isTurning = true;
    setImmediate(turn);
  };
  const hashSlice = (id: number, file: OpenFile): void => {
    const wanted = Math.min(SLICE_BYTES, file.availableBytes - file.hashedBytes);
    const read = wanted === 0 ? 0 : readSync(file.fd, slice, 0, wanted, file.hashedBytes);
    invariant(read > 0 || wanted === 0, 'a file ends before it is whole');
    file.sha256.update(slice.subarray(0, read));
    file.git?.update(slice.subarray(0, read));
    file.hashedBytes += read;
    if (file.hashedBytes === file.sizeBytes) {
      send({ kind: 'done', id, sha256: file.sha256.digest('hex'), git: file.git?.digest('hex') ?? '' });
      forget(id);
    } else if (file.hashedBytes - file.reportedBytes >= REPORT_BYTES) {
      file.reportedBytes = file.hashedBytes;
      send({ kind: 'progress', id, hashedBytes: file.hashedBytes });
    }
  };

  port.on('message', (request: HashRequest) => {
    if (request.kind === 'forget') { forget(request.id); return; }
    attempt(request.id, () => {
      const file = files.get(request.id) ?? openForHashing(request);
      file.availableBytes = request.availableBytes;
      files.set(request.id, file);
      startTurning();
    });
  });
}

function openForHashing({ path, sizeBytes }: { path: string; sizeBytes: number }): OpenFile {
  const git = sizeBytes <= MOST_GIT_BYTES ? createHash('sha1').update(`blob ${sizeBytes}\0`) : null;
  return { fd: openSync(path, 'r'), sha256: createHash('sha256'), git, sizeBytes, hashedBytes: 0, reportedBytes: 0, availableBytes: 0 };
}
