import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PlainError } from './progress.mjs';

const PATIENCE_MS = 15 * 60_000;

/** Runs `work` while no other process holds the lock file; a lock left by a process that is gone is taken over. */
export async function withLock(path, { onWait }, work) {
  mkdirSync(dirname(path), { recursive: true });
  const deadline = performance.now() + PATIENCE_MS;
  for (let hasWaited = false; !tryTake(path); hasWaited = true) {
    if (!hasWaited) onWait();
    if (performance.now() > deadline) throw new PlainError(`waited 15 minutes for another set-up; delete ${path} if none is running`);
    await delay(200);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** A link appears with its content in one step, so a reader never sees a lock without its owner. */
function tryTake(path) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    removeStale(path);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Moves a dead owner's lock aside first: of two that see it, one moves it. A living owner's is put back. */
function removeStale(path) {
  const owner = readOwner(path);
  if (owner === null || isAlive(owner)) return;
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readOwner(aside) !== owner) linkSync(aside, path);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function readOwner(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
