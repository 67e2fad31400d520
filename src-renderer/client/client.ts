import type { ContractRouterClient } from '@orpc/contract';
import type { AppContract } from '#contract/contract.ts';
import { Connection } from './connection.ts';
import { openMessagePortCarrier } from './messagePortCarrier.ts';
import { openWebSocketCarrier } from './webSocketCarrier.ts';

/** Every call and stream of the contract, typed; the same over both carriers. */
export type Client = ContractRouterClient<AppContract>;

/** The connection of this window: over ports in the desktop, over sockets in a browser. Not yet started. */
export function connect(): Connection {
  return new Connection(window.wheelhouseHost ? openMessagePortCarrier : openWebSocketCarrier);
}
