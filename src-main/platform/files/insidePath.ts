import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Whether `child` is `parent` or below it, by the text of the paths alone: links are not followed. */
export function isInside(parent: string, child: string): boolean {
  const way = relative(resolve(parent), resolve(child));
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Why a relative path was refused. */
export type PathRefusal = 'absolute' | 'outside' | 'link' | 'nul';

/**
 * Joins a relative path to a root so that the result stays inside, also after following links.
 *
 * Shape: the path when it is safe, else why it is refused. What does not exist yet is judged by the nearest folder that
 * does. Timing: a check, not a lock: someone who may write in the root can change a link afterwards.
 */
export async function resolveInside(root: string, relativePath: string): Promise<{ path: string } | { refusal: PathRefusal }> {
  if (relativePath.includes('\0')) return { refusal: 'nul' };
  if (isAbsolute(relativePath) || /^[A-Za-z]:[\\/]/.test(relativePath)) return { refusal: 'absolute' };
  const path = join(resolve(root), relativePath);
  if (relativePath.split(/[\\/]/).includes('..') || !isInside(root, path)) return { refusal: 'outside' };
  const [realRoot, realTarget] = await Promise.all([readRealPath(resolve(root)), readRealPath(path)]);
  return isInside(realRoot, realTarget) ? { path } : { refusal: 'link' };
}

/** The real path of the nearest part that exists, with the rest appended. */
async function readRealPath(path: string): Promise<string> {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      return join(await realpath(at), ...missing);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'ELOOP') return sep;
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || dirname(at) === at) throw error;
      missing.unshift(relative(dirname(at), at));
    }
  }
}
