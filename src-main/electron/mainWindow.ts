import { BrowserWindow, screen } from 'electron';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { DesktopSettings } from './desktopBackend.ts';
import { saveSetting } from './saveSetting.ts';
import { planWindowBounds } from './windowBounds.ts';
import { WINDOW_URL } from './windowScheme.ts';

const SAVE_AFTER_MS = 500;
const REVIVE_AFTER_MS = 200;
/** A page that dies more often than this in a minute is left dead, so that the log can be read. */
const REVIVALS_A_MINUTE = 3;
const MINUTE_MS = 60_000;

interface MainWindowDeps {
  settings: DesktopSettings;
  clock: Clock;
  log: Logger;
  facts: { preloadPath: string; iconPath: string; version: string };
  /** Whether a close button may close; false turns it into a request to quit. */
  mayClose: () => boolean;
}

/** The one window: opens where it was, remembers where it is, comes back after its page has died. */
export class MainWindow {
  readonly #deps: MainWindowDeps;
  #window: BrowserWindow | null = null;
  #cancelSave: (() => void) | null = null;
  #revivedAtMs: number[] = [];

  constructor(deps: MainWindowDeps) {
    this.#deps = deps;
  }

  get window(): BrowserWindow | null {
    return this.#window;
  }

  /** Shows the window, making it if there is none. */
  async open(): Promise<void> {
    if (this.#window) {
      this.focus();
      return;
    }
    const window = this.#create();
    this.#window = window;
    this.#listen(window);
    if (this.#deps.settings.get('window.bounds')?.isMaximized) window.maximize();
    await window.loadURL(WINDOW_URL);
  }

  focus(): void {
    const window = this.#window;
    if (!window) return;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  #create(): BrowserWindow {
    const { settings, facts } = this.#deps;
    return new BrowserWindow({
      ...planWindowBounds(settings.get('window.bounds'), screen.getAllDisplays().map(({ workArea }) => workArea)),
      minWidth: 640,
      minHeight: 400,
      show: false,
      title: 'Wheelhouse',
      icon: facts.iconPath,
      webPreferences: {
        preload: facts.preloadPath,
        additionalArguments: [`--wheelhouse-version=${facts.version}`],
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        webviewTag: false,
        spellcheck: false,
      },
    });
  }

  #listen(window: BrowserWindow): void {
    const save = (): void => { this.#saveSoon(); };
    window.once('ready-to-show', () => { window.show(); });
    window.on('resize', save);
    window.on('move', save);
    window.on('maximize', save);
    window.on('unmaximize', save);
    window.on('close', (event) => {
      this.#saveNow();
      if (!this.#deps.mayClose()) event.preventDefault();
    });
    window.on('closed', () => {
      this.#cancelSave?.();
      this.#window = null;
    });
    window.webContents.on('render-process-gone', (_event, details) => { this.#revive(details.reason); });
  }

  /** A page that died is loaded again; runs and terminals live elsewhere. */
  #revive(reason: string): void {
    const { log, clock } = this.#deps;
    this.#revivedAtMs = this.#revivedAtMs.filter((atMs) => clock.monotonicMs() - atMs < MINUTE_MS);
    log.error('desktop.window_died', { reason, revivals: this.#revivedAtMs.length });
    if (reason === 'clean-exit' || this.#revivedAtMs.length >= REVIVALS_A_MINUTE) return;
    this.#revivedAtMs.push(clock.monotonicMs());
    clock.after(REVIVE_AFTER_MS, () => { this.#window?.webContents.reload(); });
  }

  #saveSoon(): void {
    this.#cancelSave?.();
    this.#cancelSave = this.#deps.clock.after(SAVE_AFTER_MS, () => { this.#saveNow(); });
  }

  #saveNow(): void {
    this.#cancelSave?.();
    this.#cancelSave = null;
    const window = this.#window;
    if (!window || window.isDestroyed() || window.isMinimized()) return;
    saveSetting(this.#deps, 'window.bounds', { ...window.getNormalBounds(), isMaximized: window.isMaximized() });
  }
}
