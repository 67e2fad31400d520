import type { Readable } from 'node:stream';

class PrematureCloseError extends Error {
  readonly code = 'ECONNRESET';
}

/**
 * Calls for each piece of a body as it comes, without a turn of the loop in between. A promise that comes back holds the
 * sender up until it resolves. Resolves at the end of the body. @throws what `take` throws, which closes the connection,
 * and what broke the connection off
 */
export function pump(body: Readable, take: (bytes: Uint8Array) => Promise<void> | null): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  let isOver = false;
  const fail = (error: unknown): void => {
    isOver = true;
    reject(error instanceof Error ? error : new Error('the body could not be taken', { cause: error }));
    body.destroy();
  };
  // The first of these counts. What closes without an end was broken off, perhaps before anybody listened.
  const close = (): void => {
    if (body.readableEnded) resolve(undefined);
    else reject(body.errored ?? new PrematureCloseError('the body was closed before its end'));
  };
  body.once('end', () => { resolve(undefined); }).once('error', reject).once('close', close);
  if (body.destroyed) close();
  body.on('data', (bytes: Uint8Array) => {
    // What was read at once is still handed on after the body has been closed.
    if (isOver) return;
    try {
      const waiting = take(bytes);
      if (waiting === null) return;
      body.pause();
      waiting.then(() => { body.resume(); }, fail);
    } catch (error) {
      fail(error);
    }
  });
  return promise;
}
