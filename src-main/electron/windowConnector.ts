import { ipcMain, MessageChannelMain, type IpcMainEvent, type MessagePortMain, type WebContents } from 'electron';
import { DisposableStack } from '../base/disposables.ts';
import type { Logger } from '../base/logger.ts';
import type { DesktopBackend } from './desktopBackend.ts';
import { WINDOW_ORIGIN } from './windowScheme.ts';

const CONNECT = 'wheelhouse:connect';
const PORTS = 'wheelhouse:ports';

/** Gives a window its two ports to the backend whenever its page asks; only our own page is answered. */
export class WindowConnector {
  readonly #backend: DesktopBackend;
  readonly #log: Logger;
  readonly #connections = new Map<number, DisposableStack>();
  readonly #answer = (event: IpcMainEvent): void => { this.#connect(event); };

  constructor({ backend, log }: { backend: DesktopBackend; log: Logger }) {
    this.#backend = backend;
    this.#log = log;
  }

  start(): void {
    ipcMain.off(CONNECT, this.#answer);
    ipcMain.on(CONNECT, this.#answer);
  }

  stop(): void {
    ipcMain.off(CONNECT, this.#answer);
    for (const id of [...this.#connections.keys()]) this.#disconnect(id);
  }

  #connect({ sender, senderFrame }: IpcMainEvent): void {
    if (senderFrame?.origin !== WINDOW_ORIGIN || senderFrame.parent !== null) {
      this.#log.warn('desktop.connect_refused', { origin: senderFrame?.origin ?? null });
      return;
    }
    this.#disconnect(sender.id);
    const rpc = new MessageChannelMain();
    const terminals = new MessageChannelMain();
    const connection = this.#backend.connectWindow({ rpc: rpc.port1, terminals: terminals.port1 });
    const ends = new DisposableStack();
    ends.defer(() => { rpc.port1.close(); terminals.port1.close(); });
    ends.add(connection);
    this.#endWithPage(sender, rpc.port1, ends);
    this.#connections.set(sender.id, ends);
    rpc.port1.start();
    terminals.port1.start();
    sender.postMessage(PORTS, null, [rpc.port2, terminals.port2]);
  }

  /** A reload or a crash closes the page's ports, a closed window destroys its contents. */
  #endWithPage(sender: WebContents, port: MessagePortMain, ends: DisposableStack): void {
    const { id } = sender;
    const end = (): void => { if (this.#connections.get(id) === ends) this.#disconnect(id); };
    port.once('close', end);
    sender.once('destroyed', end);
    ends.defer(() => { if (!sender.isDestroyed()) sender.off('destroyed', end); });
  }

  #disconnect(id: number): void {
    const connection = this.#connections.get(id);
    this.#connections.delete(id);
    connection?.dispose();
  }
}
