import { readFileSync } from 'node:fs';
import { Agent, type AgentOptions } from 'node:http';
import { connect } from 'node:net';
import { KEPT_CONNECTIONS, type Place } from './place.ts';

/** The own endpoint of a llama-server that Wheelhouse started, past the port: its socket and key stand in its command and environment. */
export function findOwnEndpoint(pid: number, model: string): Place {
  const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const key = /(?:^|\0)LLAMA_API_KEY=([^\0]+)/.exec(readFileSync(`/proc/${pid}/environ`, 'utf8'))?.[1];
  const socketPath = args[args.indexOf('--host') + 1];
  if (key === undefined || socketPath?.startsWith('/') !== true) throw new Error('the engine shows no endpoint of its own');
  return { url: 'http://127.0.0.1', model, headers: { authorization: `Bearer ${key}` }, agent: new SocketAgent(socketPath, KEPT_CONNECTIONS) };
}

/** Connects to a local socket whatever the address says. */
class SocketAgent extends Agent {
  readonly #socketPath: string;

  constructor(socketPath: string, options: AgentOptions) {
    super(options);
    this.#socketPath = socketPath;
  }

  override createConnection(): ReturnType<typeof connect> {
    return connect(this.#socketPath);
  }
}
