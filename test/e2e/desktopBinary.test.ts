import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const reasonToSkip = explainMissing();

beforeEach((context) => { context.skip(reasonToSkip !== '', reasonToSkip); });

/** Why the true Electron cannot be used here; empty when it can. */
function explainMissing(): string {
  if (findElectron() === null) return 'the Electron binary is not there; the desktop tests ran on the stand-in';
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display for the true Electron';
  return existsSync(join(repository, 'dist/electron/main.mjs')) ? '' : 'the desktop has not been built';
}

function findElectron(): string | null {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(repository, 'node_modules/electron/dist');
  const nameFile = join(repository, 'node_modules/electron/path.txt');
  const name = existsSync(nameFile) ? readFileSync(nameFile, 'utf8').trim() : 'electron';
  return existsSync(join(folder, name)) ? join(folder, name) : null;
}

test('the true Electron opens an isolated window on the backend', async () => {
  const home = mkdtempSync(join(tmpdir(), 'wheelhouse-electron-'));
  const args = process.getuid?.() === 0 ? ['--no-sandbox', repository] : [repository];
  const app = await _electron.launch({
    executablePath: findElectron() ?? '', args, env: { ...process.env as Record<string, string>, WHEELHOUSE_HOME: home, WHEELHOUSE_LISTENER_PORT: '0' },
  });
  try {
    const page = await app.firstWindow();
    await page.getByRole('heading', { name: 'Instances' }).first().waitFor();

    expect(await page.evaluate("({ shell: wheelhouseHost.shell, leaks: [typeof require, typeof process], origin: location.origin })")).toEqual({
      shell: 'desktop', leaks: ['undefined', 'undefined'], origin: 'app://wheelhouse',
    });
  } finally {
    await app.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
});
