import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#contract/errors.ts';
import { writeFileAtomic } from '../../platform/files/atomicWrite.ts';
import { resolveInside } from '../../platform/files/insidePath.ts';
import { movePath } from '../../platform/files/moveFolder.ts';
import type { KeptInstance } from './instanceRepository.ts';

/** Where an instance's files lie. */
export interface InstancePaths {
  readonly folder: string;
  readonly output: string;
  readonly temporary: string;
}

/** Paths of an instance below the folder of all instances. */
export function getInstancePaths(instancesFolder: string, { folderName, settings }: Pick<KeptInstance, 'folderName' | 'settings'>): InstancePaths {
  const folder = join(instancesFolder, folderName);
  return { folder, output: settings.outputPath ?? join(folder, 'output'), temporary: join(folder, 'tmp') };
}

/** Makes the folders of a start and writes its launch arguments. @throws folder.not_writable */
export async function ensureInstanceFolders(paths: InstancePaths, launchArgs: { readonly file: string; readonly text: string }): Promise<void> {
  try {
    for (const path of [paths.folder, paths.output, paths.temporary]) await ensureFolder(path);
    const place = await resolveInside(paths.folder, launchArgs.file);
    if ('refusal' in place) throw new AppError('folder.not_writable', 'the launch arguments may not lie there', { path: launchArgs.file, reason: place.refusal });
    await writeFileAtomic(place.path, launchArgs.text === '' ? '' : `${launchArgs.text}\n`);
  } catch (error) {
    throw toFolderError(error, paths.folder);
  }
}

/** Makes a folder where there is none. @throws folder.not_writable */
export async function ensureFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw toFolderError(error, path);
  }
}

/** Moves an instance's folder, to the trash and back or to its new name; one that was never made needs no move. @throws instance.folder_exists, folder.not_writable */
export async function moveInstanceFolder(from: string, to: string): Promise<void> {
  if (!(await isThere(from))) return;
  try {
    await movePath(from, to);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw new AppError('instance.folder_exists', 'the folder is there', { path: to }, { cause: error });
    throw toFolderError(error, from);
  }
}

export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false;
    throw error;
  }
}

/** What the system says about a folder, as an error that its caller can act on; anything else as it is. */
export function toFolderError(error: unknown, path: string): unknown {
  if (error instanceof AppError || !(error instanceof Error && 'code' in error)) return error;
  return new AppError('folder.not_writable', 'the folder cannot be written', { path, reason: String(error.code) }, { cause: error });
}
