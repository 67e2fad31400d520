import { onMessagePortClose, onMessagePortMessage, postMessagePortMessage, type SupportedMessagePort } from '@orpc/client/message-port';
import { RPCHandler } from '@orpc/server/message-port';
import { toDisposable, type Disposable } from '../../base/disposables.ts';
import type { TerminalService } from '../../features/terminals/index.ts';
import type { AppRouter } from '../router.ts';
import type { NoContext, RpcBoundary } from './rpcBoundary.ts';

export type { SupportedMessagePort } from '@orpc/client/message-port';

/** The two ports of a desktop window: calls, and terminal frames. */
export interface WindowPorts {
  rpc: SupportedMessagePort;
  terminals: SupportedMessagePort;
}

/** Serves desktop windows; both ports must be started by the caller. */
export class MessagePortCarrier {
  readonly #handler: RPCHandler<NoContext>;
  readonly #terminals: TerminalService;

  constructor({ router, boundary, terminals }: { router: AppRouter; boundary: RpcBoundary; terminals: TerminalService }) {
    this.#handler = new RPCHandler(router, boundary);
    this.#terminals = terminals;
  }

  /** Serves one window until its ports close or the result is disposed. */
  connect(ports: WindowPorts): Disposable {
    this.#handler.upgrade(ports.rpc, { context: {} });
    const relay = this.#terminals.openRelay((frame) => { postMessagePortMessage(ports.terminals, frame); });
    onMessagePortMessage(ports.terminals, (frame: unknown) => {
      if (frame instanceof Uint8Array) relay.receive(frame);
    });
    onMessagePortClose(ports.terminals, () => { relay.dispose(); });
    return toDisposable(() => { relay.dispose(); });
  }
}
