import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import type { Stats } from 'node:fs';
import { cp, lstat, mkdir, readdir, readlink, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { invariant } from '../../base/invariant.ts';

const KIND_MASK = constants.S_IFMT;

/**
 * Moves a file or folder, to the trash and back. Links are moved as links: what they point at is never read or removed.
 *
 * Errors: `EEXIST` when the target is there; what the system says otherwise. The source is removed only after every file of
 * the copy was compared with it, so a failed move leaves the source whole. Timing: one rename on the same disk; a copy else.
 */
export async function movePath(from: string, to: string, { rename: renameCall = rename }: { rename?: typeof rename } = {}): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  if (await isThere(to)) throw Object.assign(new Error('the target of a move exists'), { code: 'EEXIST', path: to });
  try {
    await renameCall(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    await copyThenRemove(from, to);
  }
}

async function copyThenRemove(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, errorOnExist: true, force: false });
    await assertSame(from, to);
  } catch (error) {
    await rm(to, { recursive: true, force: true });
    throw error;
  }
  await rm(from, { recursive: true });
}

/** @throws Error naming the first path in which the copy differs. */
async function assertSame(from: string, to: string): Promise<void> {
  const [source, copy] = await Promise.all([lstat(from), lstat(to)]);
  const isSameKind = (source.mode & KIND_MASK) === (copy.mode & KIND_MASK);
  invariant(isSameKind && await isSameContent({ from, to, source, copy }), `the copy differs from ${from}`);
  if (!source.isDirectory()) return;
  for (const name of await readdir(from)) await assertSame(join(from, name), join(to, name));
}

async function isSameContent({ from, to, source, copy }: { from: string; to: string; source: Stats; copy: Stats }): Promise<boolean> {
  if (source.isDirectory()) return (await readdir(from)).length === (await readdir(to)).length;
  if (source.isSymbolicLink()) return await readlink(from) === await readlink(to);
  if (!source.isFile()) return true;
  return source.size === copy.size && await readHash(from) === await readHash(to);
}

async function readHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
