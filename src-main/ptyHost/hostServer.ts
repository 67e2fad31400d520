import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { PROTOCOL_VERSION } from '../platform/pty/hostProtocol.ts';
import type { HostFacts, RequestBody } from '../platform/pty/hostProtocol.ts';
import type { HostArguments } from './hostArguments.ts';
import { createRequestHandlers, handleRequest } from './requestHandlers.ts';
import { Session } from './session.ts';
import { TerminalRegistry } from './terminalRegistry.ts';

const CHECK_EVERY_MS = 500;
const isPipe = (path: string): boolean => path.startsWith('\\\\.\\pipe\\');

/** The host as a whole: listens, lives while it is needed, and ends by itself when it no longer is. */
export class HostServer {
  readonly #deps: { args: HostArguments; clock: Clock; log: Logger };
  readonly #registry: TerminalRegistry;
  readonly #sockets = new Set<Socket>();
  readonly #facts: HostFacts;
  readonly #ended = Promise.withResolvers<null>();
  readonly #server: Server;
  #neededAtMs = 0;
  #hasUnseenExits = false;

  constructor(deps: { args: HostArguments; clock: Clock; log: Logger }) {
    this.#deps = deps;
    this.#registry = new TerminalRegistry({ clock: deps.clock });
    this.#facts = { protocolVersion: PROTOCOL_VERSION, pid: process.pid, startedAtMs: deps.clock.nowMs() };
    this.#server = createServer((socket) => { this.#serve(socket).catch((error: unknown) => { deps.log.error('session.failed', { error }); }); });
  }

  /** Listens, and resolves when the host has ended. @throws Error when another host listens already. */
  async run(): Promise<void> {
    await this.#listen();
    this.#neededAtMs = this.#deps.clock.monotonicMs();
    this.#registry.onDidHappen((event) => { if (event.event === 'exited' && this.#sockets.size === 0) this.#hasUnseenExits = true; });
    const stopChecking = this.#deps.clock.every(CHECK_EVERY_MS, () => { this.#endWhenIdle(); });
    await this.#ended.promise;
    stopChecking();
    await this.#close();
  }

  end(): void {
    this.#ended.resolve(null);
  }

  async #listen(): Promise<void> {
    const { socket, pidFile } = this.#deps.args;
    if (!isPipe(socket)) {
      mkdirSync(dirname(socket), { recursive: true, mode: 0o700 });
      chmodSync(dirname(socket), 0o700);
    }
    if (await isAnswered(socket)) throw new Error('another host listens already');
    if (!isPipe(socket)) rmSync(socket, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socket, resolve);
    });
    if (!isPipe(socket)) chmodSync(socket, 0o600);
    writeFileSync(pidFile, JSON.stringify(this.#facts), { mode: 0o600 });
    this.#deps.log.info('host.listening', { ...this.#facts });
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    const handlers = createRequestHandlers({
      registry: this.#registry, facts: this.#facts, onShutdown: () => { setImmediate(() => { this.end(); }); },
    });
    const handle = (body: RequestBody): Promise<unknown> => {
      if (body.op === 'list') this.#hasUnseenExits = false;
      return handleRequest(handlers, body);
    };
    await new Session({ socket, registry: this.#registry, handle, log: this.#deps.log }).run();
    this.#sockets.delete(socket);
    this.#neededAtMs = this.#deps.clock.monotonicMs();
  }

  #endWhenIdle(): void {
    const { args, clock, log } = this.#deps;
    if (this.#sockets.size > 0 || this.#registry.hasLiving) {
      this.#neededAtMs = clock.monotonicMs();
      return;
    }
    const idleMs = clock.monotonicMs() - this.#neededAtMs;
    if (idleMs < (this.#hasUnseenExits ? args.unseenExitMs : args.idleExitMs)) return;
    log.info('host.idle', { idleMs });
    this.end();
  }

  async #close(): Promise<void> {
    const { socket, pidFile } = this.#deps.args;
    this.#server.close();
    rmSync(pidFile, { force: true });
    if (!isPipe(socket)) rmSync(socket, { force: true });
    await this.#registry.clear();
    for (const open of this.#sockets) open.end();
    this.#deps.log.info('host.ended');
  }
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => { probe.destroy(); resolve(true); });
    probe.once('error', () => { resolve(false); });
  });
}
