import { join } from 'node:path';
import { app, dialog, type BrowserWindow } from 'electron';
import { systemClock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Host } from '../platform/host/host.ts';
import { guardContents } from './contentGuard.ts';
import type { DesktopBackend } from './desktopBackend.ts';
import { DesktopShell } from './desktopShell.ts';
import { words } from './desktopWords.ts';
import { ElectronHost } from './electronHost.ts';
import { registerWindowScheme, serveWindowScheme } from './windowScheme.ts';

interface DesktopStart {
  /** The folder that holds dist and resources: the repository, or the packed app's archive. */
  appFolder: string;
  paths: { home: string; logs: string };
  log: Logger;
  /** Makes the backend around the desktop's host and starts it. */
  openBackend: (host: Host) => Promise<DesktopBackend>;
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
  const backend = await openBackend(new ElectronHost({ log, getWindow }));
  shell = new DesktopShell({ backend, clock: systemClock, log, appFolder, paths });
  shell.start();
}
