import { join } from 'node:path';
import { app, dialog, nativeTheme, type BrowserWindow } from 'electron';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { setApplicationMenu } from './applicationMenu.ts';
import type { DesktopBackend } from './desktopBackend.ts';
import { words } from './desktopWords.ts';
import { MainWindow } from './mainWindow.ts';
import { QuitFlow } from './quitFlow.ts';
import { TrayIcon } from './trayIcon.ts';
import { WindowConnector } from './windowConnector.ts';

interface DesktopShellDeps {
  backend: DesktopBackend;
  clock: Clock;
  log: Logger;
  /** The folder that holds dist and resources. */
  appFolder: string;
  paths: { home: string; logs: string };
}

/** The desktop around a started backend: window, tray, menus, theme, and the one way to quit. */
export class DesktopShell {
  readonly #deps: DesktopShellDeps;
  readonly #window: MainWindow;
  readonly #tray: TrayIcon;
  readonly #quit: QuitFlow;
  readonly #connector: WindowConnector;

  constructor(deps: DesktopShellDeps) {
    const { backend, clock, log, appFolder } = deps;
    const getWindow = (): BrowserWindow | null => this.window;
    const inApp = (path: string): string => join(appFolder, path);
    this.#deps = deps;
    this.#quit = new QuitFlow({ backend, log, getWindow });
    this.#connector = new WindowConnector({ backend, log });
    this.#window = new MainWindow({
      settings: backend.settings, clock, log, mayClose: () => this.#mayClose(),
      facts: { preloadPath: inApp('dist/preload/preload.cjs'), iconPath: inApp('resources/icons/icon.png'), version: app.getVersion() },
    });
    this.#tray = new TrayIcon({
      backend, iconPath: inApp('resources/icons/tray-32.png'), open: () => { this.open(); }, quit: (runs) => { this.#quit.request(runs); },
    });
  }

  get window(): BrowserWindow | null {
    return this.#window.window;
  }

  start(): void {
    const { backend, paths, log } = this.#deps;
    this.#connector.start();
    this.#tray.start();
    this.#followTheme();
    setApplicationMenu({ settings: backend.settings, log, platform: process.platform, paths, quit: () => { this.#quit.request(); } });
    app.on('before-quit', (event) => {
      if (this.#quit.isQuitting) return;
      event.preventDefault();
      this.#quit.request();
    });
    app.on('window-all-closed', () => { this.#quit.request(); });
    app.on('activate', () => { this.open(); });
    backend.onDidRequestStop((runs) => { this.#quit.request(runs); });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { this.#quit.request('leave'); });
    this.open();
    this.#showNotices();
  }

  /** Shows the window, for a second start, a click on the tray, or the dock. */
  open(): void {
    this.#window.open().catch((error: unknown) => { this.#deps.log.error('desktop.window_not_opened', { error }); });
  }

  /** The close button asks like Quit does; the window goes with the app. */
  #mayClose(): boolean {
    if (!this.#quit.isQuitting) this.#quit.request();
    return this.#quit.isQuitting;
  }

  #showNotices(): void {
    const { backend: { notices }, log } = this.#deps;
    if (notices.length === 0) return;
    dialog.showMessageBox({ type: 'warning', message: words.notice.title, detail: notices.join('\n\n') })
      .catch((error: unknown) => { log.error('desktop.notice_failed', { error }); });
  }

  #followTheme(): void {
    const { settings } = this.#deps.backend;
    nativeTheme.themeSource = settings.get('window.theme');
    settings.onDidChange(({ key }) => { if (key === 'window.theme') nativeTheme.themeSource = settings.get('window.theme'); });
  }
}
