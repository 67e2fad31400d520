import { app, session, shell, type WebContents } from 'electron';
import type { Logger } from '../base/logger.ts';
import { decideLink, isPermissionAllowed } from './linkPolicy.ts';
import { WINDOW_ORIGIN } from './windowScheme.ts';

/** Keeps every page inside the window's own origin: links go to the user's browser, permissions and webviews are refused. */
export function guardContents(log: Logger): void {
  app.on('web-contents-created', (_event, contents) => { guardPage(contents, log); });
  const { defaultSession } = session;
  defaultSession.setPermissionCheckHandler((_contents, permission, origin) => isPermissionAllowed(permission, origin, WINDOW_ORIGIN));
  defaultSession.setPermissionRequestHandler((contents, permission, answer) => {
    const { protocol, host } = new URL(contents.getURL());
    answer(isPermissionAllowed(permission, `${protocol}//${host}`, WINDOW_ORIGIN));
  });
  defaultSession.setDevicePermissionHandler(() => false);
}

/** Opens an address in the user's browser if that is allowed; says so in the log if it is not. */
export async function openLink(address: string, log: Logger): Promise<boolean> {
  const decision = decideLink(address, WINDOW_ORIGIN);
  if (decision.kind !== 'external') {
    log.warn('desktop.link_refused', { address });
    return false;
  }
  await shell.openExternal(decision.url);
  return true;
}

function guardPage(contents: WebContents, log: Logger): void {
  const open = (address: string): void => {
    openLink(address, log).catch((error: unknown) => { log.warn('desktop.link_not_opened', { address, error }); });
  };
  contents.setWindowOpenHandler(({ url }) => {
    open(url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event) => {
    if (decideLink(event.url, WINDOW_ORIGIN).kind === 'own') return;
    event.preventDefault();
    open(event.url);
  });
  contents.on('will-redirect', (event) => { if (decideLink(event.url, WINDOW_ORIGIN).kind !== 'own') event.preventDefault(); });
  contents.on('will-attach-webview', (event) => { event.preventDefault(); });
}
