import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCommand, runCommand } from './commands.mjs';
import { inRoot, isWindows, pinnedNode } from './project.mjs';
import { readJson, writeJson } from './stamps.mjs';

const DAY_MS = 24 * 3_600_000;
const FETCH_TIMEOUT_MS = 180_000;

export const hasDisplay = () => isWindows || process.platform === 'darwin' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);

/** The path of Electron's program, or null where it is not on this machine. */
export function findElectron() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? inRoot('node_modules', 'electron', 'dist');
  const pathFile = inRoot('node_modules', 'electron', 'path.txt');
  const program = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : isWindows ? 'electron.exe' : 'electron';
  return existsSync(join(folder, program)) ? join(folder, program) : null;
}

/** Finds Electron, or fetches it within a bounded time. A fetch that failed is not tried again for a day. */
export async function ensureElectron(say) {
  const found = findElectron();
  if (found) return found;
  const notePath = inRoot('.cache', 'electron-fetch.json');
  const { failedAtMs = 0 } = readJson(notePath) ?? {};
  if (Date.now() - failedAtMs < DAY_MS) return null;
  say('fetching the desktop shell (Electron, about 120 MB)');
  const { status } = await runCommand(pinnedNode(), [inRoot('node_modules', 'electron', 'install.js')], {
    isQuiet: true,
    timeoutMs: FETCH_TIMEOUT_MS,
    onWait: (seconds) => { say(`still fetching Electron after ${seconds} s`); },
  });
  if (status === 0 && findElectron()) return findElectron();
  writeJson(notePath, { failedAtMs: Date.now() });
  return null;
}

/** The command that shows an address in a window: Chromium's app window if there is one, else the default browser. */
export function chooseOpener(url) {
  if (process.platform === 'darwin') return { command: 'open', args: [url] };
  if (isWindows) return { command: 'rundll32', args: ['url.dll,FileProtocolHandler', url] };
  const chromium = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].find((name) => findCommand(name));
  const isRoot = process.getuid?.() === 0;
  if (chromium) return { command: chromium, args: [`--app=${url}`, ...(isRoot ? ['--no-sandbox'] : [])] };
  return findCommand('xdg-open') ? { command: 'xdg-open', args: [url] } : null;
}
