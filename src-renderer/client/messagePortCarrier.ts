import { RPCLink } from '@orpc/client/message-port';
import type { Carrier, CarrierEvents } from './carrier.ts';

const CONNECT = 'wheelhouse:connect';
const PORTS = 'wheelhouse:ports';
/** A shell that does not answer is asked again after this time. */
const ANSWER_WITHIN_MS = 10_000;

/** What the preload offers to the window of the desktop. */
export interface WheelhouseHost {
  readonly shell: 'desktop';
  readonly platform: string;
  readonly version: string;
  /** Where a dropped file lies; empty for what is not a file of this machine. */
  readonly pathOfFile: (file: File) => string;
}

declare global {
  interface Window { readonly wheelhouseHost?: WheelhouseHost }
}

/** Asks the preload for two ports: calls first, terminal bytes second. */
export function openMessagePortCarrier({ onOpen, onFrame, onClose }: CarrierEvents): Carrier {
  let frames: MessagePort | null = null;
  let isOver = false;
  const close = (): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(deadline);
    window.removeEventListener('message', take);
    frames?.close();
    onClose('gone');
  };
  const take = (event: MessageEvent<unknown>): void => {
    const [rpcPort, framePort] = event.ports;
    if (event.source !== window || !isPortsMessage(event.data) || !rpcPort || !framePort) return;
    clearTimeout(deadline);
    window.removeEventListener('message', take);
    frames = framePort;
    rpcPort.addEventListener('close', close);
    framePort.addEventListener('message', ({ data }) => { onFrame(toBytes(data)); });
    const link = new RPCLink({ port: rpcPort });
    rpcPort.start();
    framePort.start();
    onOpen(link);
  };
  const deadline = setTimeout(close, ANSWER_WITHIN_MS);
  window.addEventListener('message', take);
  window.postMessage({ type: CONNECT }, window.location.origin);
  return { sendFrame: (frame) => { frames?.postMessage(frame); }, close };
}

function isPortsMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === PORTS;
}

function toBytes(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new TypeError('a terminal frame is bytes');
}
