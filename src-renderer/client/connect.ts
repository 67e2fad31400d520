import { Connection } from './connection.ts';
import { openMessagePortCarrier } from './messagePortCarrier.ts';
import { openWebSocketCarrier } from './webSocketCarrier.ts';

/** The connection of this window: over ports in the desktop, over sockets in a browser. Not yet started. */
export function connect(): Connection {
  return new Connection(window.wheelhouseHost ? openMessagePortCarrier : openWebSocketCarrier);
}
