import { RPCLink } from '@orpc/client/message-port';
import type { Carrier, CarrierEvents } from './carrier.ts';

export const PORTS_MESSAGE = 'wheelhouse:ports';
/** Asks the preload for ports; the listener stands before it is sent. */
const CONNECT_MESSAGE = 'wheelhouse:connect';

/** What the preload offers to the window of the desktop. */
export interface WheelhouseHost {
  readonly platform?: string;
}

declare global {
  interface Window { readonly wheelhouseHost?: WheelhouseHost }
}

/** Waits for the two ports that the preload hands over: calls first, terminal bytes second. New ports replace the old. */
export function openMessagePortCarrier({ onOpen, onFrame, onClose }: CarrierEvents): Carrier {
  let frames: MessagePort | null = null;
  let isOver = false;
  const close = (): void => {
    if (isOver) return;
    isOver = true;
    window.removeEventListener('message', take);
    frames?.close();
    onClose();
  };
  const take = (event: MessageEvent<unknown>): void => {
    const [rpcPort, framePort] = event.ports;
    if (event.source !== window || !isPortsMessage(event.data) || !rpcPort || !framePort) return;
    window.removeEventListener('message', take);
    frames = framePort;
    rpcPort.addEventListener('close', close);
    framePort.addEventListener('message', ({ data }) => { onFrame(toBytes(data)); });
    const link = new RPCLink({ port: rpcPort });
    rpcPort.start();
    framePort.start();
    onOpen(link);
  };
  window.addEventListener('message', take);
  window.postMessage({ type: CONNECT_MESSAGE }, window.location.origin);
  return { sendFrame: (frame) => { frames?.postMessage(frame); }, close };
}

function isPortsMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === PORTS_MESSAGE;
}

function toBytes(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new TypeError('a terminal frame is bytes');
}
