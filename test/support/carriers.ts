import { createORPCClient } from '@orpc/client';
import { RPCLink as MessagePortLink } from '@orpc/client/message-port';
import { RPCLink as WebSocketLink } from '@orpc/client/websocket';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { readConfig } from '../../src-main/app/config.ts';
import { createBackend, type Backend } from '../../src-main/app/createBackend.ts';
import { toLinkSocket, type BackendClient } from '../../src-main/cli/backendClient.ts';
import { HeadlessHost } from '../../src-main/headless/headlessHost.ts';
import { createNodeHostStarter } from '../../src-main/platform/pty/hostProcess.ts';
import { makeHome } from './backend.ts';

/** A backend in this process, and clients over both carriers of live calls. */
export interface CarrierWorld {
  readonly backend: Backend;
  readonly home: string;
  readonly url: string;
  readonly token: string;
  readonly clients: Readonly<Record<'MessagePort' | 'WebSocket', BackendClient>>;
  stop(): Promise<void>;
}

export const carriers = ['MessagePort', 'WebSocket'] as const;

export async function startCarrierWorld({ home = makeHome(), environment = process.env }: { home?: string; environment?: NodeJS.ProcessEnv } = {}): Promise<CarrierWorld> {
  const config = readConfig({ home, port: 0, environment });
  const startHostProcess = createNodeHostStarter({ executablePath: process.execPath, environment });
  const backend = await createBackend(config, { host: new HeadlessHost(), startHostProcess });
  if (backend === null) throw new Error('the folder is locked');
  await backend.start();
  const url = new URL(backend.createLink() ?? '').origin;
  const token = readFileSync(join(home, 'run', 'token'), 'utf8').trim();
  const calls = new MessageChannel();
  const frames = new MessageChannel();
  const connection = backend.connectWindow({ rpc: toDomPort(calls.port1), terminals: toDomPort(frames.port1) });
  const socket = new WebSocket(`${url.replace('http', 'ws')}/rpc`, { headers: { authorization: `Bearer ${token}` } });
  await once(socket, 'open');
  return {
    backend, home, url, token,
    clients: {
      MessagePort: createORPCClient(new MessagePortLink({ port: toDomPort(calls.port2) })),
      WebSocket: createORPCClient(new WebSocketLink({ websocket: toLinkSocket(socket) })),
    },
    stop: async () => {
      connection.dispose();
      for (const port of [calls.port1, frames.port1]) port.close();
      socket.terminate();
      await backend.stop({ runs: 'stop' });
    },
  };
}

/** Node's port is an EventTarget that must be started by hand. */
function toDomPort(port: MessagePort): globalThis.MessagePort {
  port.start();
  const target: unknown = port;
  return target as globalThis.MessagePort;
}
