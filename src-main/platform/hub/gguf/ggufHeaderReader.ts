import { AppError } from '#contract/errors.ts';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../../base/clock.ts';
import type { FromGgufWorker, GgufHeader, ToGgufWorker } from './ggufHeader.ts';
import { ggufLimits } from './ggufLimits.ts';

/** The bytes of a file from its beginning, in order, as they come. */
export interface ByteStream {
  /** What to call the file in an error. */
  readonly name: string;
  readonly fileSizeBytes: number | null;
  readonly chunks: AsyncIterator<Uint8Array>;
}

/**
 * Parses the header at the beginning of a stream in a worker. Reads no more of it than the header, in steps of 2 MB.
 *
 * Errors: model.unreadable for anything that is not a GGUF header within the limits, however hostile.
 * Timing: ends after 30 s at the latest. Does not close the stream.
 */
export async function readGgufHeader(stream: ByteStream, { workerPath, clock, signal }: { workerPath: string; clock: Clock; signal?: AbortSignal | undefined }): Promise<GgufHeader> {
  signal?.throwIfAborted();
  const worker = new Worker(workerPath, { env: {}, resourceLimits: { maxOldGenerationSizeMb: ggufLimits.workerHeapMib, maxYoungGenerationSizeMb: 64 } });
  const unreadable = (reason: string, cause?: unknown): AppError => new AppError('model.unreadable', 'the GGUF header cannot be read', { path: stream.name, reason }, { cause });
  const { promise, resolve, reject } = Promise.withResolvers<GgufHeader>();
  const feed = createFeed(stream);
  worker.on('message', (message: FromGgufWorker) => {
    if (message.kind === 'header') resolve(message.header);
    else if (message.kind === 'unreadable') reject(unreadable(message.reason));
    else feed(message.byteCount).then((piece) => { worker.postMessage(piece, [piece.bytes.buffer as ArrayBuffer]); }).catch(reject);
  });
  worker.on('error', (error: Error) => { reject('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? unreadable('it asks for too much memory', error) : error); });
  worker.on('exit', () => { reject(unreadable('its reader ended')); });
  const stopWaiting = clock.after(ggufLimits.timeoutMs, () => { reject(unreadable('it took too long')); });
  const abort = (): void => { reject(signal?.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError')); };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await promise;
  } finally {
    stopWaiting();
    signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
}

/** Takes the asked number of bytes off the stream, fewer only at its end. */
function createFeed({ chunks, fileSizeBytes }: ByteStream): (byteCount: number) => Promise<ToGgufWorker> {
  let rest: Uint8Array = new Uint8Array();
  return async (byteCount) => {
    const bytes = new Uint8Array(byteCount);
    let filled = 0;
    while (filled < byteCount) {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done === true) break;
        rest = next.value;
      }
      const part = rest.subarray(0, byteCount - filled);
      bytes.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
    }
    return { kind: 'piece', bytes: filled === byteCount ? bytes : bytes.slice(0, filled), fileSizeBytes };
  };
}
