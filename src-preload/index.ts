/**
 * Runs in the window before its scripts, sandboxed and in a world of its own. It exposes three facts about the shell
 * and where a dropped file lies, and hands two message ports from the backend to the page: calls first, terminal bytes
 * second. Nothing else crosses.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';

const CONNECT = 'wheelhouse:connect';
const PORTS = 'wheelhouse:ports';
const VERSION_ARGUMENT = '--wheelhouse-version=';

contextBridge.exposeInMainWorld('wheelhouseHost', {
  shell: 'desktop',
  platform: process.platform,
  version: process.argv.find((argument) => argument.startsWith(VERSION_ARGUMENT))?.slice(VERSION_ARGUMENT.length) ?? '',
  /** Where a file lies that was dropped on the window. */
  pathOfFile: (file: File) => webUtils.getPathForFile(file),
});

/** The page listens for ports before it asks, so none can be missed; it asks again after a connection has ended. */
window.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (event.source === window && isConnect(event.data)) ipcRenderer.send(CONNECT);
});

ipcRenderer.on(PORTS, (event) => {
  window.postMessage({ type: PORTS }, window.location.origin, event.ports);
});

function isConnect(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === CONNECT;
}
