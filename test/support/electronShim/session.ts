import { EventEmitter } from 'node:events';
import { record } from './recorder.ts';
import { schemes } from './schemes.ts';

type PermissionRequestHandler = (contents: unknown, permission: string, callback: (isGranted: boolean) => void, details: object) => void;
type PermissionCheckHandler = (contents: unknown, permission: string, origin: string, details: object) => boolean;
interface HeadersReceived { url: string; resourceType: string; responseHeaders: Record<string, string[]> }
type HeadersReceivedHook = (details: HeadersReceived, callback: (response: { responseHeaders?: Record<string, string | string[]> }) => void) => void;

class WebRequest {
  headersReceived: HeadersReceivedHook | null = null;

  onHeadersReceived(filterOrHook: object | HeadersReceivedHook, hook?: HeadersReceivedHook): void {
    this.headersReceived = hook ?? (filterOrHook as HeadersReceivedHook);
  }

  onBeforeRequest(): void {
    record('webRequest.onBeforeRequest');
  }
}

/** Electron's Session. Permissions asked by a page are decided by the handlers, as `askPermission` does for a test. */
export class Session extends EventEmitter {
  readonly webRequest = new WebRequest();
  readonly protocol = schemes;
  #requestHandler: PermissionRequestHandler | null = null;
  #checkHandler: PermissionCheckHandler | null = null;

  setPermissionRequestHandler(handler: PermissionRequestHandler | null): void {
    record('session.setPermissionRequestHandler');
    this.#requestHandler = handler;
  }

  setPermissionCheckHandler(handler: PermissionCheckHandler | null): void {
    record('session.setPermissionCheckHandler');
    this.#checkHandler = handler;
  }

  setDevicePermissionHandler(): void {
    record('session.setDevicePermissionHandler');
  }

  setSpellCheckerEnabled(isEnabled: boolean): void {
    record('session.setSpellCheckerEnabled', isEnabled);
  }

  clearStorageData(): Promise<void> {
    return Promise.resolve();
  }

  /** What the application answers to a page that asks for a permission; without handlers Electron grants. */
  async askPermission(contents: unknown, permission: string, origin: string): Promise<{ isChecked: boolean; isGranted: boolean }> {
    const isChecked = this.#checkHandler?.(contents, permission, origin, { isMainFrame: true, requestingUrl: origin }) ?? true;
    const handler = this.#requestHandler;
    const isGranted = handler === null || await new Promise<boolean>((resolve) => { handler(contents, permission, resolve, { isMainFrame: true, requestingUrl: origin }); });
    return { isChecked, isGranted };
  }
}

const defaultSession = new Session();
const partitions = new Map<string, Session>();

export const session = {
  defaultSession,
  fromPartition(name: string): Session {
    const found = partitions.get(name) ?? new Session();
    partitions.set(name, found);
    return found;
  },
};

export const protocol = {
  registerSchemesAsPrivileged: (list: unknown): void => { record('protocol.registerSchemesAsPrivileged', list); },
  handle: schemes.handle.bind(schemes),
  unhandle: schemes.unhandle.bind(schemes),
  isProtocolHandled: schemes.isHandled.bind(schemes),
};
