import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { app, openWindows } from './app.ts';
import { nativeTheme } from './nativeTheme.ts';
import { failLoudly, ignoreClosed } from './rejections.ts';
import { record } from './recorder.ts';
import { WebContents, type WebPreferences } from './webContents.ts';

interface Bounds { x: number; y: number; width: number; height: number }
interface WindowOptions extends Partial<Bounds> {
  show?: boolean;
  title?: string;
  webPreferences?: WebPreferences;
  [name: string]: unknown;
}
type WindowState = 'normal' | 'maximized' | 'minimized' | 'fullscreen';
const ALL = new Set<BrowserWindow>();
let lastId = 0;

/** Electron's BrowserWindow: a page with recorded bounds and state in place of a native frame. */
export class BrowserWindow extends EventEmitter {
  readonly id = (lastId += 1);
  readonly webContents: WebContents;
  readonly #opened: Promise<void>;
  #normalBounds: Bounds;
  #state: WindowState = 'normal';
  #isVisible: boolean;
  #isReadyToShow = false;
  #title: string;

  constructor(options: WindowOptions = {}) {
    super();
    record('new BrowserWindow', withoutObjects(options));
    const { x = 100, y = 100, width = 800, height = 600 } = options;
    this.#normalBounds = { x, y, width, height };
    this.#isVisible = options.show ?? true;
    this.#title = options.title ?? app.name;
    this.webContents = new WebContents(options.webPreferences ?? {});
    this.webContents.once('destroyed', () => { this.#forget(); });
    this.webContents.on('did-finish-load', () => { this.#announceReady(); });
    ALL.add(this);
    openWindows.add(this);
    this.#opened = this.webContents.open();
    this.#resizePage();
    this.followTheme();
    queueMicrotask(() => { app.emit('browser-window-created', {}, this); });
    queueMicrotask(() => { app.emit('web-contents-created', {}, this.webContents); });
  }

  static getAllWindows(): BrowserWindow[] {
    return [...ALL];
  }

  static fromWebContents(contents: unknown): BrowserWindow | null {
    return [...ALL].find((window) => window.webContents === contents) ?? null;
  }

  static fromId(id: number): BrowserWindow | null {
    return [...ALL].find((window) => window.id === id) ?? null;
  }

  static getFocusedWindow(): BrowserWindow | null {
    return [...ALL].at(-1) ?? null;
  }

  async loadURL(address: string): Promise<void> {
    await this.#opened;
    await this.webContents.load(address);
  }

  loadFile(path: string, { search = '', hash = '' } = {}): Promise<void> {
    const url = pathToFileURL(resolve(path));
    url.search = search;
    url.hash = hash;
    return this.loadURL(url.href);
  }

  close(): void {
    if (this.isDestroyed()) return;
    const closing = { isRefused: false };
    this.emit('close', { preventDefault: () => { closing.isRefused = true; } });
    if (!closing.isRefused) this.destroy();
  }

  destroy(): void {
    if (this.isDestroyed()) return;
    this.#forget();
    this.#opened.then(() => this.webContents.destroy()).catch(failLoudly);
  }

  isDestroyed(): boolean {
    return !ALL.has(this);
  }

  getBounds(): Bounds {
    return this.#state === 'maximized' ? { x: 0, y: 0, width: 1920, height: 1080 } : { ...this.#normalBounds };
  }

  getNormalBounds(): Bounds {
    return { ...this.#normalBounds };
  }

  setBounds(bounds: Partial<Bounds>): void {
    record('win.setBounds', bounds);
    this.#normalBounds = { ...this.#normalBounds, ...bounds };
    this.#resizePage();
    this.emit('resize');
    this.emit('move');
  }

  getSize(): [number, number] {
    const { width, height } = this.getBounds();
    return [width, height];
  }

  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }

  maximize(): void {
    this.#change('maximized', 'maximize');
  }

  unmaximize(): void {
    this.#change('normal', 'unmaximize');
  }

  minimize(): void {
    this.#change('minimized', 'minimize');
  }

  restore(): void {
    this.#change('normal', 'restore');
  }

  setFullScreen(isFullScreen: boolean): void {
    this.#change(isFullScreen ? 'fullscreen' : 'normal', isFullScreen ? 'enter-full-screen' : 'leave-full-screen');
  }

  isMaximized(): boolean {
    return this.#state === 'maximized';
  }

  isMinimized(): boolean {
    return this.#state === 'minimized';
  }

  isFullScreen(): boolean {
    return this.#state === 'fullscreen';
  }

  show(): void {
    record('win.show');
    this.#isVisible = true;
    this.emit('show');
  }

  hide(): void {
    record('win.hide');
    this.#isVisible = false;
    this.emit('hide');
  }

  isVisible(): boolean {
    return this.#isVisible;
  }

  focus(): void {
    record('win.focus');
    this.emit('focus');
  }

  isFocused(): boolean {
    return BrowserWindow.getFocusedWindow() === this;
  }

  setTitle(title: string): void {
    record('win.setTitle', title);
    this.#title = title;
  }

  getTitle(): string {
    return this.#title;
  }

  setMenuBarVisibility(isVisible: boolean): void {
    record('win.setMenuBarVisibility', isVisible);
  }

  removeMenu(): void {
    record('win.removeMenu');
  }

  setProgressBar(fraction: number): void {
    record('win.setProgressBar', fraction);
  }

  setBackgroundColor(color: string): void {
    record('win.setBackgroundColor', color);
  }

  followTheme(): void {
    this.#whenOpen((page) => page.emulateMedia({ colorScheme: nativeTheme.colorScheme }));
  }

  /** Does something to the page once there is one, unless the window has gone meanwhile. */
  #whenOpen(change: (page: Page) => Promise<void>): void {
    this.#opened.then(() => (this.isDestroyed() ? undefined : change(this.webContents.page))).catch(ignoreClosed);
  }

  #change(state: WindowState, event: string): void {
    record(`win.${event}`);
    this.#state = state;
    this.#resizePage();
    this.emit(event);
  }

  #resizePage(): void {
    const { width, height } = this.getBounds();
    this.#whenOpen((page) => page.setViewportSize({ width, height }));
  }

  #announceReady(): void {
    if (this.#isReadyToShow) return;
    this.#isReadyToShow = true;
    this.emit('ready-to-show');
  }

  #forget(): void {
    if (!ALL.delete(this)) return;
    openWindows.delete(this);
    this.emit('closed');
    if (ALL.size === 0) queueMicrotask(() => { app.allWindowsClosed(); });
  }
}

nativeTheme.on('updated', () => {
  for (const window of ALL) window.followTheme();
});

/** Options as they can be sent to a test. */
function withoutObjects(options: WindowOptions): unknown {
  return JSON.parse(JSON.stringify(options, (key: string, value: unknown) => (key === 'session' || key === 'icon' ? undefined : value)));
}
