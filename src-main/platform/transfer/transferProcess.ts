// The process that fetches, writes and hashes; its thread is this file again. It ends with its parent.
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import { systemClock } from '../../base/clock.ts';
import { serveHashing } from './contentHash.ts';
import { TransferDesk } from './transferDesk.ts';
import { transferRequest } from './transferMessages.ts';

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';
const MINUTE_MS = 60_000;

/** Differs from one start of the machine to the next; elsewhere than on Linux it is the start's time to ten minutes. */
function readBootId(): string {
  if (process.platform === 'linux') return readFileSync(BOOT_ID_FILE, 'utf8').trim();
  return `started ${Math.round((systemClock.nowMs() - uptime() * 1_000) / (10 * MINUTE_MS))}`;
}

if (isMainThread) {
  const desk = new TransferDesk({
    clock: systemClock, hashEntry: new URL(import.meta.url), bootId: readBootId(), isProxied: process.argv[2] === 'proxied',
    send: (reply) => { process.send?.(reply); },
  });
  process.on('message', (message) => { desk.accept(transferRequest.parse(message)); });
  process.on('disconnect', () => { process.exit(0); });
} else {
  serveHashing();
}
