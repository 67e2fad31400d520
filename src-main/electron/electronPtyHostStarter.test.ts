import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { waitFor } from '../../test/support/waitFor.ts';
import { createElectronPtyHostStarter, toUnpackedPath } from './electronPtyHostStarter.ts';

const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-starter-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

test.each([
  ['/opt/Wheelhouse/resources/app.asar/dist/electron/ptyHost.mjs', '/opt/Wheelhouse/resources/app.asar.unpacked/dist/electron/ptyHost.mjs'],
  ['/home/a/wheelhouse/dist/electron/ptyHost.mjs', '/home/a/wheelhouse/dist/electron/ptyHost.mjs'],
  ['/home/a/app.asar.unpacked/x.mjs', '/home/a/app.asar.unpacked/x.mjs'],
])('%s is run from %s', (path, expected) => {
  expect(toUnpackedPath(path)).toBe(expected);
});

test('the host is told to be a Node, gets its arguments, and nothing else of the environment', async () => {
  const entryPath = join(folder, 'entry.mjs');
  const seenPath = join(folder, 'seen.json');
  writeFileSync(entryPath, "import { writeFileSync } from 'node:fs'; const { ELECTRON_RUN_AS_NODE: node, SECRET: secret } = process.env; writeFileSync(process.argv[2], JSON.stringify({ node, secret: secret ?? null }));");

  createElectronPtyHostStarter({ environment: { PATH: '/usr/bin', SECRET: 'x' } })({ entryPath, args: [seenPath], logPath: join(folder, 'host.log') });

  expect(await waitFor(() => JSON.parse(readFileSync(seenPath, 'utf8')) as unknown, { what: 'the host' })).toEqual({ node: '1', secret: null });
});
