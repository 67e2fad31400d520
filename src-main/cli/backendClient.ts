import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { AppContract } from '#contract/contract.ts';

export type BackendClient = ContractRouterClient<AppContract>;

/** A connection to the backend of a data folder, over its local socket. */
export interface BackendConnection {
  readonly client: BackendClient;
  close(): void;
}

/** Opens one of the backend's WebSockets; null when nobody listens. */
export async function openSocket(socketPath: string, path: '/rpc' | '/frames'): Promise<WebSocket | null> {
  const socket = new WebSocket(`ws+unix:${socketPath}:${path}`, { perMessageDeflate: false });
  socket.binaryType = 'arraybuffer';
  const failed = Promise.withResolvers<null>();
  socket.once('error', () => { failed.resolve(null); });
  return Promise.race([once(socket, 'open').then(() => socket), failed.promise]);
}

/** Connects to the backend; null when none runs. */
export async function connectToBackend(socketPath: string): Promise<BackendConnection | null> {
  const socket = await openSocket(socketPath, '/rpc');
  if (socket === null) return null;
  const client: BackendClient = createORPCClient(new RPCLink({ websocket: toLinkSocket(socket) }));
  return { client, close: () => { socket.close(); } };
}

type LinkSocket = ConstructorParameters<typeof RPCLink>[0]['websocket'];

/** ws keeps the browser's interface; only its event types are named otherwise. */
export function toLinkSocket(socket: WebSocket): LinkSocket {
  const target: unknown = socket;
  return target as LinkSocket;
}
