import type { Route } from 'playwright-core';
import { record } from './recorder.ts';

type SchemeHandler = (request: Request) => Response | Promise<Response>;

const MAPPED_SUFFIX = '.scheme.test';

/**
 * Custom schemes. Chromium without Electron cannot register one, so `app://host/x` is shown under the secure origin
 * `https://host.app.scheme.test/x`, answered by the handler alone; the application sees its own address everywhere.
 */
class Schemes {
  readonly #handlers = new Map<string, SchemeHandler>();

  handle(scheme: string, handler: SchemeHandler): void {
    record('protocol.handle', scheme);
    this.#handlers.set(scheme, handler);
  }

  unhandle(scheme: string): void {
    this.#handlers.delete(scheme);
  }

  isHandled(scheme: string): boolean {
    return this.#handlers.has(scheme);
  }

  /** The address under which Chromium shows an address of the application. */
  toShown(address: string): string {
    const url = new URL(address);
    const scheme = url.protocol.slice(0, -1);
    if (!this.#handlers.has(scheme)) return address;
    return `https://${url.host}.${scheme}${MAPPED_SUFFIX}${url.pathname || '/'}${url.search}${url.hash}`;
  }

  /** The application's own address for one that Chromium shows. */
  toOwn(address: string): string {
    const url = URL.canParse(address) ? new URL(address) : null;
    if (!url?.hostname.endsWith(MAPPED_SUFFIX)) return address;
    const labels = url.hostname.slice(0, -MAPPED_SUFFIX.length).split('.');
    const scheme = labels.pop() ?? '';
    return `${scheme}://${labels.join('.')}${url.pathname}${url.search}${url.hash}`;
  }

  /** Answers a request for a custom scheme; false when it is for something else. */
  async answer(route: Route): Promise<boolean> {
    const asked = route.request();
    const own = this.toOwn(asked.url());
    const handler = own === asked.url() ? undefined : this.#handlers.get(new URL(own).protocol.slice(0, -1));
    if (!handler) return false;
    const body = asked.postDataBuffer();
    const headers: Record<string, string> = {};
    const response = await handler(new Request(own, { method: asked.method(), headers: asked.headers(), body: body && new Uint8Array(body) }));
    response.headers.forEach((value, name) => { headers[name] = value; });
    await route.fulfill({
      status: response.status,
      headers,
      body: Buffer.from(await response.arrayBuffer()),
    });
    return true;
  }
}

export const schemes = new Schemes();
