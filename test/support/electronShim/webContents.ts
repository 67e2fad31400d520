import { EventEmitter, once } from 'node:events';
import type { BrowserContext, CDPSession, Page, Route } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { IpcMain, ipcMain } from './ipcMain.ts';
import { MessagePortMain } from './messagePorts.ts';
import { PageBridge, type FromPage } from './pageBridge.ts';
import { failLoudly, ignoreClosed } from './rejections.ts';
import { record } from './recorder.ts';
import { schemes } from './schemes.ts';
import { session, type Session } from './session.ts';

export interface WebPreferences {
  preload?: string;
  additionalArguments?: string[];
  session?: Session;
  [name: string]: unknown;
}

type WindowOpenHandler = (details: { url: string; frameName: string; disposition: string }) => { action: 'allow' | 'deny' };
/** Permissions that Chromium can be told before a page asks, by Electron's name for each. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  geolocation: 'geolocation', notifications: 'notifications', midi: 'midi', 'clipboard-read': 'clipboard-read', 'clipboard-sanitized-write': 'clipboard-write',
};
let lastId = 0;

/** A page of Chromium as Electron's WebContents. */
export class WebContents extends EventEmitter {
  readonly id = (lastId += 1);
  readonly ipc = new IpcMain();
  readonly session: Session;
  readonly #preferences: WebPreferences;
  #page: Page | null = null;
  #cdp: CDPSession | null = null;
  #bridge: PageBridge | null = null;
  #openHandler: WindowOpenHandler | null = null;
  /** The address of a load by call that is under way. */
  #loadingAddress: string | null = null;
  #zoomFactor = 1;
  #isDestroyed = false;
  #hasCrashed = false;

  constructor(preferences: WebPreferences) {
    super();
    this.#preferences = preferences;
    this.session = preferences.session ?? session.defaultSession;
  }

  get page(): Page {
    if (!this.#page) throw new Error('the page has not been made yet');
    return this.#page;
  }

  get mainFrame(): { url: string; origin: string } {
    return { url: this.getURL(), origin: originOf(this.getURL()) };
  }

  get zoomFactor(): number {
    return this.#zoomFactor;
  }

  get zoomLevel(): number {
    return Math.log(this.#zoomFactor) / Math.log(1.2);
  }

  /** Opens the page and its bridge. */
  async open(): Promise<void> {
    const { context } = await launchBrowser();
    const page = await takePage(context);
    this.#page = page;
    this.#cdp = await context.newCDPSession(page);
    this.#bridge = new PageBridge(page, this.#cdp, {
      preloadPath: this.#preferences.preload,
      additionalArguments: this.#preferences.additionalArguments ?? [],
      receive: (message) => { this.#receive(message).catch(failLoudly); },
    });
    await this.#bridge.start();
    this.#forwardEvents(page);
    await page.route('**/*', (route) => this.#route(route).catch(ignoreClosed));
  }

  async load(address: string): Promise<void> {
    const shown = schemes.toShown(address);
    this.#loadingAddress = address;
    try {
      await this.#applyPermissions(address, new URL(shown).origin);
      await this.page.goto(shown);
    } catch (error) {
      this.emit('did-fail-load', {}, -2, String(error), address, true);
      throw error;
    } finally {
      this.#loadingAddress = null;
    }
  }

  send(channel: string, ...args: unknown[]): void {
    this.#bridge?.send({ kind: 'event', channel, args: structuredClone(args), ports: [] });
  }

  postMessage(channel: string, message: unknown, transfer: MessagePortMain[] = []): void {
    const endpoints = transfer.map((port) => port.detach());
    this.#bridge?.sendWithPorts({ kind: 'event', channel, args: [structuredClone(message)] }, endpoints);
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#openHandler = handler;
  }

  /** The address in view, or the one that is on its way. */
  getURL(): string {
    if (this.#loadingAddress !== null) return this.#loadingAddress;
    return this.#page ? schemes.toOwn(this.#page.url()) : '';
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  isLoading(): boolean {
    return this.#loadingAddress !== null;
  }

  reload(): void {
    if (this.#hasCrashed) this.#replacePage().catch(failLoudly);
    else this.page.reload().catch(ignoreClosed);
  }

  /** Ends the page's process as a fault in it would. */
  async crash(): Promise<void> {
    await Promise.race([this.#cdp?.send('Page.crash').catch(ignoreClosed), once(this, 'render-process-gone')]);
  }

  setZoomFactor(factor: number): void {
    record('webContents.setZoomFactor', factor);
    this.#zoomFactor = factor;
  }

  getZoomFactor(): number {
    return this.#zoomFactor;
  }

  setZoomLevel(level: number): void {
    this.setZoomFactor(1.2 ** level);
  }

  openDevTools(): void {
    record('webContents.openDevTools');
  }

  toggleDevTools(): void {
    record('webContents.toggleDevTools');
  }

  executeJavaScript(source: string): Promise<unknown> {
    return this.page.evaluate(source);
  }

  async capturePage(): Promise<{ toPNG: () => Buffer }> {
    const bytes = await this.page.screenshot();
    return { toPNG: () => bytes };
  }

  async destroy(): Promise<void> {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    await this.#page?.close().catch(ignoreClosed);
    this.emit('destroyed');
  }

  /** Playwright cannot use a crashed page again: another one takes its place. */
  async #replacePage(): Promise<void> {
    const address = this.getURL();
    const crashed = this.page;
    this.#hasCrashed = false;
    await this.open();
    await crashed.close().catch(ignoreClosed);
    await this.load(address);
  }

  #forwardEvents(page: Page): void {
    page.on('console', (message) => { this.emit('console-message', { level: message.type(), message: message.text() }); });
    page.on('pageerror', (error) => { this.emit('console-message', { level: 'error', message: String(error) }); });
    page.on('popup', (popup) => { popup.close().catch(ignoreClosed); });
    page.on('crash', () => {
      this.#hasCrashed = true;
      this.#bridge?.end();
      this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
    });
    page.on('framenavigated', (frame) => { if (frame === page.mainFrame()) this.emit('did-navigate', {}, this.getURL()); });
    page.on('domcontentloaded', () => { this.emit('dom-ready', {}); });
    page.on('load', () => { this.emit('did-finish-load', {}); });
    page.on('close', () => { if (page === this.#page) this.destroy().catch(failLoudly); });
    this.#cdp?.on('Page.windowOpen', ({ url }) => { this.#decideWindowOpen(url); });
  }

  #decideWindowOpen(url: string): void {
    const details = { url: schemes.toOwn(url), frameName: '', disposition: 'foreground-tab' };
    const action = this.#openHandler?.(details).action ?? 'allow';
    record(`window.open ${action}`, details.url);
  }

  async #route(route: Route): Promise<void> {
    if (this.#isNavigationPrevented(route)) {
      record('will-navigate prevented', schemes.toOwn(route.request().url()));
      await route.abort('aborted');
    } else if (!(await schemes.answer(route))) {
      await this.#passOn(route);
    }
  }

  #isNavigationPrevented(route: Route): boolean {
    const request = route.request();
    if (!request.isNavigationRequest() || request.frame() !== this.page.mainFrame()) return false;
    const url = schemes.toOwn(request.url());
    if (this.#loadingAddress !== null || url === this.getURL()) return false;
    let isPrevented = false;
    const event = { url, isMainFrame: true, preventDefault: () => { isPrevented = true; } };
    this.emit('will-navigate', event, url);
    return isPrevented;
  }

  async #passOn(route: Route): Promise<void> {
    const hook = this.session.webRequest.headersReceived;
    if (!hook || !/^https?:/.test(route.request().url())) {
      await route.fallback();
      return;
    }
    const response = await route.fetch({ maxRedirects: 0 });
    const responseHeaders = Object.fromEntries(Object.entries(response.headers()).map(([name, value]) => [name, [value]]));
    const request = route.request();
    const changed = await new Promise<Record<string, string | string[]>>((resolve) => {
      hook({ url: request.url(), resourceType: request.resourceType(), responseHeaders }, (answer) => { resolve(answer.responseHeaders ?? responseHeaders); });
    });
    const headers = Object.entries(changed).map(([name, value]) => [name, [value].flat().join(', ')]);
    await route.fulfill({ response, headers: Object.fromEntries(headers) as Record<string, string> });
  }

  /** Tells Chromium the application's decisions before the page can ask. */
  async #applyPermissions(address: string, origin: string): Promise<void> {
    if (!/^https?:/.test(origin)) return;
    for (const [permission, name] of Object.entries(PERMISSIONS)) {
      const { isChecked, isGranted } = await this.session.askPermission(this, permission, originOf(address));
      await this.#cdp?.send('Browser.setPermission', { permission: { name }, setting: isChecked && isGranted ? 'granted' : 'denied', origin });
    }
  }

  async #receive(message: FromPage): Promise<void> {
    if (message.kind === 'preloadError') {
      this.emit('preload-error', {}, this.#preferences.preload ?? '', new Error(message.message));
      process.stderr.write(`preload: ${message.message}\n`);
    } else if (message.kind === 'invoke') {
      await this.#answer(message);
    } else {
      const event = this.#createEvent(message.ports.map((port) => new MessagePortMain(port)));
      this.ipc.emit(message.channel, event, ...message.args);
      ipcMain.emit(message.channel, event, ...message.args);
    }
  }

  async #answer({ id, channel, args }: { id: number; channel: string; args: unknown[] }): Promise<void> {
    const reply = (outcome: { value?: unknown; error?: string }): void => {
      this.#bridge?.send({ kind: 'reply', id, channel, value: outcome.value, error: outcome.error });
    };
    try {
      const handler = this.ipc.findHandler(channel) ?? ipcMain.findHandler(channel);
      if (!handler) throw new Error(`No handler registered for '${channel}'`);
      reply({ value: structuredClone(await handler(this.#createEvent([]), ...args)) });
    } catch (error) {
      reply({ error: String(error) });
    }
  }

  #createEvent(ports: MessagePortMain[]): object {
    const { url, origin } = this.mainFrame;
    const senderFrame = { url, origin, parent: null, top: null, postMessage: this.postMessage.bind(this) };
    return { type: 'frame', sender: this, senderFrame, processId: 1, frameId: 1, ports, reply: this.send.bind(this) };
  }
}

/** Chromium starts with an empty page, which the first window takes. */
async function takePage(context: BrowserContext): Promise<Page> {
  const first = context.pages()[0];
  if (first?.url() === 'about:blank' && !taken.has(first)) {
    taken.add(first);
    return first;
  }
  const page = await context.newPage();
  taken.add(page);
  return page;
}
const taken = new WeakSet<Page>();

/** Electron reports `app://host` for a standard scheme; the URL class says `null` for it. */
function originOf(address: string): string {
  if (!URL.canParse(address)) return '';
  const url = new URL(address);
  return url.origin === 'null' && url.host ? `${url.protocol}//${url.host}` : url.origin;
}
