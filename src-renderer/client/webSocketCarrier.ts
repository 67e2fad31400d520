import { RPCLink } from '@orpc/client/websocket';
import type { Carrier, CarrierEvents } from './carrier.ts';

function toSocketUrl(path: string): string {
  const url = new URL(path, window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** Opens `/rpc` for the calls and `/frames` for terminal bytes; both or none. */
export function openWebSocketCarrier({ onOpen, onFrame, onClose }: CarrierEvents): Carrier {
  const rpc = new WebSocket(toSocketUrl('/rpc'));
  const frames = new WebSocket(toSocketUrl('/frames'));
  frames.binaryType = 'arraybuffer';
  const link = new RPCLink({ websocket: rpc });
  let isOver = false;

  const open = (): void => {
    if (!isOver && rpc.readyState === WebSocket.OPEN && frames.readyState === WebSocket.OPEN) onOpen(link);
  };
  const close = (): void => {
    if (isOver) return;
    isOver = true;
    rpc.close();
    frames.close();
    onClose();
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
