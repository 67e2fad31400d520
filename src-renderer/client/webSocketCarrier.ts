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
  const link = new RPCLink({ websocket: rpc });
  let isOver = false;
  let wasOpen = false;

  const open = (): void => {
    if (isOver || rpc.readyState !== WebSocket.OPEN || frames.readyState !== WebSocket.OPEN) return;
    wasOpen = true;
    onOpen(link);
  };
  const close = (): void => {
    if (isOver) return;
    isOver = true;
    rpc.close();
    frames.close();
    if (wasOpen) onClose('gone');
    else findReason().then(onClose, () => { onClose('gone'); });
  };
  for (const socket of [rpc, frames]) {
    socket.addEventListener('open', open);
    socket.addEventListener('close', close);
  }
  frames.addEventListener('message', ({ data }) => {
    if (data instanceof ArrayBuffer) onFrame(new Uint8Array(data));
  });
  return { sendFrame: (frame) => { frames.send(new Uint8Array(frame)); }, close };
}
