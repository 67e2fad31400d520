import { join } from 'node:path';
import { app, dialog, shell as desktop, type BrowserWindow } from 'electron';
import { systemClock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Host } from '../platform/host/host.ts';
import { guardContents } from './contentGuard.ts';
import type { DesktopBackend } from './desktopBackend.ts';
import { DesktopShell } from './desktopShell.ts';
import { fill, words } from './desktopWords.ts';
import { ElectronHost } from './electronHost.ts';
import { offerTextMenus } from './textMenu.ts';
import { registerWindowScheme, serveWindowScheme } from './windowScheme.ts';

export type OpenedBackend = { kind: 'started'; backend: DesktopBackend } | { kind: 'elsewhere'; link: string | null };

interface DesktopStart {
  /** The folder that holds dist and resources: the repository, or the packed app's archive. */
  appFolder: string;
  paths: { home: string; logs: string };
  log: Logger;
  /** Makes the backend around the desktop's host and starts it; the address of the one that already runs, if there is one. */
  openBackend: (host: Host) => Promise<OpenedBackend>;
}

/** Starts the desktop, one per data folder; a second start shows the first one's window and ends. */
export function startDesktop(start: DesktopStart): void {
  app.enableSandbox();
  registerWindowScheme();
  app.setPath('userData', join(start.paths.home, 'desktop'));
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return;
  }
  run(start).catch((error: unknown) => {
    start.log.error('desktop.start_failed', { error });
    dialog.showErrorBox(words.startFailed.title, error instanceof Error ? error.message : String(error));
    app.exit(1);
  });
}

async function run({ appFolder, paths, log, openBackend }: DesktopStart): Promise<void> {
  let shell: DesktopShell | null = null;
  const getWindow = (): BrowserWindow | null => shell?.window ?? null;
  app.on('second-instance', () => { shell?.open(); });
  await app.whenReady();
  serveWindowScheme(join(appFolder, 'dist', 'window'));
  guardContents(log);
  offerTextMenus(log);
  const opened = await openBackend(new ElectronHost({ log, getWindow }));
  if (opened.kind === 'elsewhere') {
    await showElsewhere(opened.link, paths.home);
    return;
  }
  shell = new DesktopShell({ backend: opened.backend, clock: systemClock, log, appFolder, paths });
  shell.start();
}

/** Another shell has the data folder: its window opens in the browser. */
async function showElsewhere(link: string | null, home: string): Promise<void> {
  if (link === null) dialog.showErrorBox(words.startFailed.title, fill(words.startFailed.elsewhere, { home }));
  else await desktop.openExternal(link);
  app.exit(link === null ? 1 : 0);
}
