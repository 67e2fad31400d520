import { execFile } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { extractAll } from '@electron/asar';
import { z } from 'zod';
import { createStandInElectron } from '../standInElectron.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Packs the desktop as `npm run pack` does, around an Electron that only looks like one; returns the packed folder. */
export async function packDesktop(work: string): Promise<string> {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')));
  createStandInElectron(join(work, 'electron'), version);
  await promisify(execFile)(process.execPath, [join(root, 'scripts/pack.mjs'), `-c.directories.output=${join(work, 'packed')}`], {
    cwd: root,
    env: { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: join(work, 'electron') },
  });
  return join(work, 'packed', `${process.platform}-unpacked`);
}

/**
 * Puts a folder in the archive's place that reads as Electron shows the archive: what is unpacked is seen inside it, and
 * lies beside it. Returns the folder.
 */
export function openArchive(packed: string): string {
  const archive = join(packed, 'resources', 'app.asar');
  const opened = join(packed, 'resources', 'opened');
  extractAll(archive, opened);
  renameSync(archive, `${archive}.packed`);
  renameSync(opened, archive);
  linkFiles(`${archive}.unpacked`, archive);
  return archive;
}

function linkFiles(unpacked: string, seen: string): void {
  for (const name of readdirSync(unpacked)) {
    const [from, to] = [join(unpacked, name), join(seen, name)];
    if (lstatSync(from).isDirectory()) {
      linkFiles(from, to);
    } else {
      rmSync(to, { force: true });
      symlinkSync(from, to);
    }
  }
}
