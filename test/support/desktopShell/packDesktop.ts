import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { extractFile, listPackage, statFile } from '@electron/asar';
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
  const opened = join(packed, 'resources', 'app.asar');
  const archive = `${opened}.packed`;
  renameSync(opened, archive);
  for (const [, path = ''] of listPackage(archive, { isPack: false }).map((entry) => /^[\\/](.*)$/.exec(entry) ?? [])) {
    const entry = statFile(archive, path, false);
    if ('files' in entry) continue;
    mkdirSync(dirname(join(opened, path)), { recursive: true });
    if (entry.unpacked) symlinkSync(join(`${opened}.unpacked`, path), join(opened, path));
    else writeFileSync(join(opened, path), extractFile(archive, path));
  }
  return opened;
}
