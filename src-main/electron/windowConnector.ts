import { ipcMain, MessageChannelMain, type IpcMainEvent, type WebContents } from 'electron';
import type { Disposable } from '../base/disposables.ts';
import type { Logger } from '../base/logger.ts';
import type { DesktopBackend } from './desktopBackend.ts';
import { WINDOW_ORIGIN } from './windowScheme.ts';

const CONNECT = 'wheelhouse:connect';
const PORTS = 'wheelhouse:ports';

/** Gives a window its two ports to the backend whenever its page asks; only our own page is answered. */
export class WindowConnector {
  readonly #backend: DesktopBackend;
  readonly #log: Logger;
  readonly #connections = new Map<number, Disposable>();
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
    this.#remember(sender, { connection, close: () => { rpc.port1.close(); terminals.port1.close(); } });
    rpc.port1.start();
    terminals.port1.start();
    sender.postMessage(PORTS, null, [rpc.port2, terminals.port2]);
  }

  #remember(sender: WebContents, { connection, close }: { connection: Disposable; close: () => void }): void {
    const { id } = sender;
    const end = (): void => { this.#disconnect(id); };
    sender.once('destroyed', end);
    const dispose = (): void => {
      if (!sender.isDestroyed()) sender.off('destroyed', end);
      connection.dispose();
      close();
    };
    this.#connections.set(id, { dispose, [Symbol.dispose]: dispose });
  }

  #disconnect(id: number): void {
    const connection = this.#connections.get(id);
    this.#connections.delete(id);
    connection?.dispose();
  }
}
