import { expect, test } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { RequestWorker } from './requestWorker.ts';

/** A thread that says for each request what stands in its path. */
const ECHO = new URL(`data:text/javascript,${encodeURIComponent(`
import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ id, request }) => { parentPort.postMessage({ kind: 'answer', id, answer: request.path === 'good' ? { kind: 'hash', sha256: 'x', sizeBytes: 1 } : { kind: 'hash', sha256: 'x', sizeBytes: Infinity } }); });
`)}`);

test('an answer that no model can give is a file that lies, and the next file is read', async () => {
  const worker = new RequestWorker({ clock: systemClock, entry: ECHO, silenceMs: 15_000, maxHeapMb: 64 });

  const odd = worker.ask({ kind: 'hash', path: 'odd' });
  const good = worker.ask({ kind: 'hash', path: 'good' });

  await expect(odd).rejects.toMatchObject({ problem: 'malformed' });
  expect(await good).toMatchObject({ sizeBytes: 1 });
  await worker.stop();
});
