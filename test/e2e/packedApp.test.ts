import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openArchive, packDesktop } from '../support/desktopShell/packDesktop.ts';
import { endDesktop, openDesktopWindow, showInstance, showStatus, startDesktop, startInstanceByKeys, waitForStatus, wheelhouse } from '../support/desktopShell/realDesktop.ts';
import type { DesktopApp } from '../support/electronShim/launchDesktop.ts';
import { waitFor } from '../support/waitFor.ts';

const work = mkdtempSync(join(tmpdir(), 'wheelhouse-packed-'));
const home = join(work, 'home');
const reasonToSkip = process.platform === 'linux' ? '' : 'what a process has loaded is read from /proc';
let resourcesPath = '';
let desktop: DesktopApp | null = null;

beforeAll(async () => {
  if (reasonToSkip) return;
  const packed = await packDesktop(work);
  openArchive(packed);
  resourcesPath = join(packed, 'resources');
});

beforeEach((context) => { context.skip(reasonToSkip !== '', reasonToSkip); });
afterEach(async () => { if (desktop) await endDesktop(desktop, home); });
afterAll(() => { rmSync(work, { recursive: true, force: true, maxRetries: 5 }); });

/** The parts of the packed app that a process has mapped, by their paths under its resources. */
function findMapped(pid: number): string[] {
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').flatMap((line) => line.split(`${resourcesPath}/`)[1] ?? []);
  return [...new Set(maps)].sort();
}

const readWords = (pid: number, file: 'cmdline' | 'environ'): string[] => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');

test('the packed app runs an instance, its natives and its terminal host outside of the archive', async () => {
  desktop = startDesktop({ home, resourcesPath, mainPath: join(resourcesPath, 'app.asar', 'dist', 'electron', 'main.mjs') });
  const { page, failures } = await openDesktopWindow(desktop);
  await startInstanceByKeys(page, 'lab');
  const { pid, url } = await showInstance(home, 'lab');
  const { pid: backendPid, terminalHost, shell } = await showStatus(home);
  const hostPid = terminalHost.pid ?? 0;

  expect([shell, await (await fetch(url ?? '')).text()]).toEqual(['desktop', expect.stringContaining('It works')]);
  expect(findMapped(backendPid)).toEqual([`app.asar.unpacked/node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`]);
  expect(findMapped(hostPid)).toEqual(['app.asar.unpacked/node_modules/node-pty/build/Release/pty.node']);
  expect(readWords(hostPid, 'cmdline')).toContain(join(resourcesPath, 'app.asar.unpacked', 'dist', 'electron', 'ptyHost.mjs'));
  expect(readWords(hostPid, 'environ')).toContain('ELECTRON_RUN_AS_NODE=1');
  expect(readWords(pid ?? 0, 'environ').filter((entry) => entry.startsWith('ELECTRON_'))).toEqual([]);

  await page.keyboard.press('Space');
  await waitForStatus(page, 'lab', 'stopped');
  await wheelhouse(home, 'stop');
  expect([await desktop.exited, failures]).toEqual([0, []]);
  await waitFor(() => !existsSync(`/proc/${hostPid}`), { what: 'the terminal host to end' });
});
