import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file as it lies somewhere; a link counts as what it points to. */
export interface ListedFile { readonly path: string; readonly sizeBytes: number; readonly modifiedAtMs: number }

const MAX_DEPTH = 6;
const MAX_FILES = 20_000;

/** A file's facts; null where there is none. */
export async function readListedFile(path: string): Promise<ListedFile | null> {
  try {
    const facts = await stat(path);
    return facts.isFile() ? { path, sizeBytes: facts.size, modifiedAtMs: Math.round(facts.mtimeMs) } : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

/** All files below a folder, in the order of their names, at most 20 000 of them and six folders deep. What cannot be read is left out. */
export async function listFiles(folder: string): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  const open = [{ path: folder, depth: 0 }];
  for (let next = open.shift(); next !== undefined && files.length < MAX_FILES; next = open.shift()) {
    const { path: parent, depth } = next;
    const entries = await readNames(parent);
    const folders = entries.filter((entry) => entry.isDirectory() && depth < MAX_DEPTH && !entry.name.startsWith('.'));
    open.push(...folders.map(({ name }) => ({ path: join(parent, name), depth: depth + 1 })));
    const found = await Promise.all(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => readListedFile(join(parent, name))));
    files.push(...found.filter((file) => file !== null));
  }
  return files;
}

/** The other files of the same folder, and the file itself. */
export async function listSiblings(path: string): Promise<ListedFile[]> {
  const names = await readNames(dirname(path));
  const files = await Promise.all(names.filter((entry) => !entry.isDirectory()).map(({ name }) => readListedFile(join(dirname(path), name))));
  return files.filter((file) => file !== null);
}

async function readNames(folder: string): Promise<{ name: string; isDirectory: () => boolean }[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}
