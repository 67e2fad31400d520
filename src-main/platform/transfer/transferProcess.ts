// The process that fetches, writes and hashes; its thread is this file again. It ends with its parent. It is kept small: what it
// is asked comes from the backend alone and is checked there, so no schemas are loaded here, and the thread loads its own part only.
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const { serveTransfers } = await import('./transferDesk.ts');
  serveTransfers({ hashEntry: new URL(import.meta.url), isProxied: process.argv[2] === 'proxied' });
} else {
  const { serveHashing } = await import('./contentHash.ts');
  serveHashing();
}
