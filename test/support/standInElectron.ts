import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const WIRE_VERSION = 1;
/** One state per fuse, in the order of Electron 45's wire: all but cookie encryption, integrity and asar-only start on. */
const STATES = '101100011';

/**
 * Writes a folder that looks to a packager like Electron's: a program with the fuse wire, its locales and its licence.
 * It can be packed, its fuses can be flipped and read back; it cannot run.
 */
export function createStandInElectron(folder: string, version: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  const header = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  const wire = Buffer.concat([Buffer.from(SENTINEL), Buffer.from([WIRE_VERSION, STATES.length]), Buffer.from(STATES)]);
  writeFileSync(join(folder, 'electron'), Buffer.concat([header, Buffer.alloc(4_096), wire, Buffer.alloc(4_096)]));
  chmodSync(join(folder, 'electron'), 0o755);
  writeFileSync(join(folder, 'chrome-sandbox'), '');
  writeFileSync(join(folder, 'locales', 'en-US.pak'), '');
  writeFileSync(join(folder, 'LICENSE'), 'stand-in');
  writeFileSync(join(folder, 'version'), version);
}
