import { RPCLink } from '@orpc/client/websocket';
import type { Carrier, CarrierEvents, CloseReason } from './carrier.ts';

function toSocketUrl(path: string): string {
  const url = new URL(path, window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** Why sockets did not open: a browser does not tell the status of a refused one, so the window's own address is asked. */
async function findReason(): Promise<CloseReason> {
  const { status } = await fetch('/', { method: 'HEAD', cache: 'no-store' });
  return status === 401 ? 'refused' : 'gone';
}

/** Opens `/rpc` for the calls and `/frames` for terminal bytes; both or none. */
export function openWebSocketCarrier({ onOpen, onFrame, onClose }: CarrierEvents): Carrier {
  const rpc = new WebSocket(toSocketUrl('/rpc'));
  const frames = new WebSocket(toSocketUrl('/frames'));
  frames.binaryType = 'arraybuffer';
  let isOver = false;
  let wasOpen = false;

  const close = (): void => {
    if (isOver) return;
    isOver = true;
    rpc.close();
    frames.close();
    if (wasOpen) onClose('gone');
    else findReason().then(onClose, () => { onClose('gone'); });
  };
  // Before the link listens: who made a call must know that the connection has gone when the call fails.
  for (const socket of [rpc, frames]) socket.addEventListener('close', close);
  const link = new RPCLink({ websocket: rpc });
  const open = (): void => {
    if (isOver || rpc.readyState !== WebSocket.OPEN || frames.readyState !== WebSocket.OPEN) return;
    wasOpen = true;
    onOpen(link);
  };
  for (const socket of [rpc, frames]) socket.addEventListener('open', open);
  frames.addEventListener('message', ({ data }) => {
    if (data instanceof ArrayBuffer) onFrame(new Uint8Array(data));
  });
  return { sendFrame: (frame) => { frames.send(new Uint8Array(frame)); }, close };
}
