import { EventEmitter } from 'node:events';
import { closeBrowser, launchBrowser } from './browser.ts';
import { record, recordOnly } from './recorder.ts';
import { failLoudly } from './rejections.ts';
import { shimPaths } from './shimPaths.ts';
import { SingleInstanceLock } from './singleInstanceLock.ts';

/** What the application closes when it quits; windows register themselves. */
export interface ClosableWindow {
  close(): void;
  destroy(): void;
  isDestroyed(): boolean;
}
export const openWindows = new Set<ClosableWindow>();

/** Electron's app. */
class App extends EventEmitter {
  isPackaged = process.env['SHIM_IS_PACKAGED'] === '1';
  name = process.env['SHIM_APP_NAME'] ?? 'app';
  readonly dock = undefined;
  readonly commandLine = { ...recordOnly('commandLine', ['appendSwitch', 'appendArgument']), hasSwitch: () => false, getSwitchValue: () => '' };
  #isReady = false;
  #lock: SingleInstanceLock | null = null;
  #becomesReady: Promise<void> | null = null;

  constructor() {
    super();
    setImmediate(() => { this.whenReady().catch(failLoudly); });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { this.#quitBySignal(signal); });
  }

  whenReady(): Promise<void> {
    this.#becomesReady ??= this.#start();
    return this.#becomesReady;
  }

  isReady(): boolean {
    return this.#isReady;
  }

  getPath(name: string): string {
    return shimPaths.get(name);
  }

  setPath(name: string, path: string): void {
    record('app.setPath', name, path);
    shimPaths.set(name, path);
  }

  getAppPath(): string {
    return shimPaths.appFolder;
  }

  getVersion(): string {
    return shimPaths.readVersion();
  }

  getName(): string {
    return this.name;
  }

  setName(name: string): void {
    this.name = name;
  }

  getLocale(): string {
    return 'en-US';
  }

  requestSingleInstanceLock(additionalData: unknown = {}): boolean {
    this.#lock ??= new SingleInstanceLock(shimPaths.get('userData'), ({ argv, workingDirectory, additionalData: data }) => {
      this.emit('second-instance', {}, argv, workingDirectory, data);
    });
    return this.#lock.acquire(additionalData);
  }

  hasSingleInstanceLock(): boolean {
    return this.#lock?.isHeld ?? false;
  }

  releaseSingleInstanceLock(): void {
    this.#lock?.release();
  }

  setAsDefaultProtocolClient(scheme: string): boolean {
    record('app.setAsDefaultProtocolClient', scheme);
    return true;
  }

  removeAsDefaultProtocolClient(scheme: string): boolean {
    record('app.removeAsDefaultProtocolClient', scheme);
    return true;
  }

  isDefaultProtocolClient(): boolean {
    return false;
  }

  enableSandbox(): void {
    record('app.enableSandbox');
  }

  setAppUserModelId(id: string): void {
    record('app.setAppUserModelId', id);
  }

  setLoginItemSettings(settings: object): void {
    record('app.setLoginItemSettings', settings);
  }

  focus(): void {
    record('app.focus');
  }

  setAboutPanelOptions(options: object): void {
    record('app.setAboutPanelOptions', options);
  }

  /** Asks before-quit, then every window, then will-quit; each may refuse. */
  quit(): void {
    if (this.#isRefused('before-quit')) return;
    for (const window of [...openWindows]) window.close();
    if (openWindows.size === 0) this.#finishQuit();
    else record('app.quit refused by a window');
  }

  exit(code = 0): void {
    this.emit('quit', {}, code);
    this.#lock?.release();
    closeBrowser().finally(() => process.exit(code)).catch(failLoudly);
  }

  /** The last window has gone: quits unless the application listens. */
  allWindowsClosed(): void {
    if (!this.emit('window-all-closed')) this.quit();
  }

  /** Electron quits on a signal unless the application has a listener of its own. */
  #quitBySignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
    if (process.listenerCount(signal) === 1) this.quit();
  }

  #finishQuit(): void {
    if (!this.#isRefused('will-quit')) this.exit(0);
  }

  #isRefused(event: 'before-quit' | 'will-quit'): boolean {
    let isRefused = false;
    this.emit(event, { preventDefault: () => { isRefused = true; } });
    return isRefused;
  }

  async #start(): Promise<void> {
    await launchBrowser();
    this.#isReady = true;
    this.emit('will-finish-launching');
    this.emit('ready', {}, {});
  }
}

export const app = new App();
