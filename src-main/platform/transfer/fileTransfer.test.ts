import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import type { FileTransferDeps } from './fileTransfer.ts';
import { FileTransfer } from './fileTransfer.ts';
import { RateLimiter } from './rateLimiter.ts';
import { ReceivedMemory } from './receivedMemory.ts';

const BYTES = Buffer.from('the bytes of a model');
const hex = createHash('sha256').update(BYTES).digest('hex');
let folder = '';
const agent = new Agent();

/** Hashes at once what lies at the path, or says what the system says; the disk refuses the first `refusals` times. */
function createHasher(refusals: number): FileTransferDeps['hasher'] {
  let left = refusals;
  const hash = (path: string): { sha256: string; git: string } => {
    left -= 1;
    if (left >= 0) throw Object.assign(new Error('the disk is broken here'), { code: 'EIO' });
    return { sha256: createHash('sha256').update(readFileSync(path)).digest('hex'), git: '' };
  };
  return { begin: (path) => ({ done: Promise.resolve().then(() => hash(path)), hashedBytes: 0, advance: () => undefined, dispose: () => undefined }) };
}

beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'transfer-')); });
afterEach(async () => { await rm(folder, { recursive: true }); });

function transfer(reuse: readonly string[], { refusals = 0 } = {}): FileTransfer {
  const deps = { clock: systemClock, bootId: 'b', limiter: new RateLimiter(systemClock), memory: new ReceivedMemory(null), dispatcher: agent, hasher: createHasher(refusals) };
  const blobs = join(folder, 'cache', 'blobs');
  return new FileTransfer(deps, {
    url: 'http://127.0.0.1:1/nothing', headers: {}, sizeBytes: BYTES.length, digest: { algorithm: 'sha256', hex }, reuse: [...reuse],
    targetPath: join(blobs, hex), partialPath: join(blobs, `${hex}.wheelhouse`), quarantinePath: join(folder, 'quarantine', hex), parallelParts: 1, isPinned: false,
  });
}

test('a file that is known by a link to it is taken over as a file, not as that link', async () => {
  const own = join(folder, 'own');
  await mkdir(own);
  await writeFile(join(own, 'bytes'), BYTES);
  await symlink('bytes', join(own, 'linked.gguf'));

  const result = await transfer([join(own, 'linked.gguf')]).run(new AbortController().signal);

  expect(result.how).toBe('reused');
  expect((await lstat(join(folder, 'cache', 'blobs', hex))).isFile()).toBe(true);
});

test('a file here that the disk does not give keeps the next one from nothing', async () => {
  const paths = [join(folder, 'broken'), join(folder, 'good')];
  for (const path of paths) await writeFile(path, BYTES);

  const result = await transfer(paths, { refusals: 1 }).run(new AbortController().signal);

  expect(result.how).toBe('reused');
});
