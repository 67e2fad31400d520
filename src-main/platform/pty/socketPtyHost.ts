import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Logger } from '../../base/logger.ts';
import { connectToHost, unavailable } from './hostConnection.ts';
import type { HostConnection } from './hostConnection.ts';
import type { StartHostProcess } from './hostProcess.ts';
import { PROTOCOL_VERSION } from './hostProtocol.ts';
import type { HostEvent, HostFacts, RequestBody, Results } from './hostProtocol.ts';
import { getLocalSocketPath } from '../host/localSocketPath.ts';
import type { HostedTerminal, LogError, PtyHost, Relay, SpawnRequest, TerminalExit } from './ptyHost.ts';
import { RelayTable } from './relayTable.ts';

const START_DEADLINE_MS = 10_000;
const HELLO_DEADLINE_MS = 3_000;
const CONNECT_EVERY_MS = 20;

export interface SocketPtyHostDeps {
  home: string;
  /** The host's entry: `src-main/ptyHost/main.ts`, or what it was bundled to. */
  entryPath: string;
  /** Further arguments for a host that is started, such as `--idleExitMs`. */
  hostArgs?: readonly string[];
  startHostProcess: StartHostProcess;
  clock: Clock;
  log: Logger;
}

/** The PTY host as a detached process reached over a local socket in the data folder. */
export class SocketPtyHost implements PtyHost {
  readonly #deps: SocketPtyHostDeps;
  readonly #relays: RelayTable;
  readonly #didExit = new Emitter<TerminalExit>();
  readonly #didChangeTitle = new Emitter<{ terminalId: string; title: string }>();
  readonly #didRing = new Emitter<{ terminalId: string }>();
  readonly #didFailLog = new Emitter<{ terminalId: string; error: LogError }>();
  readonly #didLoseHost = new Emitter<{ pid: number }>();
  #link: { connection: HostConnection; facts: HostFacts } | null = null;
  #starting: Promise<HostFacts> | null = null;

  readonly onDidExit = this.#didExit.event;
  readonly onDidChangeTitle = this.#didChangeTitle.event;
  readonly onDidRing = this.#didRing.event;
  readonly onDidFailLog = this.#didFailLog.event;
  readonly onDidLoseHost = this.#didLoseHost.event;

  constructor(deps: SocketPtyHostDeps) {
    this.#deps = deps;
    this.#relays = new RelayTable({ log: deps.log, sendToHost: (frame) => this.#sendToHost(frame) });
  }

  get facts(): HostFacts | null {
    return this.#link?.facts ?? null;
  }

  async ensureStarted(): Promise<HostFacts> {
    if (this.#link !== null) return this.#link.facts;
    this.#starting ??= this.#start().finally(() => { this.#starting = null; });
    return this.#starting;
  }

  spawn(request: SpawnRequest): Promise<{ pid: number }> {
    return this.#ask({ ...request, op: 'spawn' });
  }

  async list(): Promise<readonly HostedTerminal[]> {
    return (await this.#ask({ op: 'list' })).terminals;
  }

  async resize(terminalId: string, size: { columns: number; rows: number }): Promise<void> {
    await this.#ask({ op: 'resize', terminalId, ...size });
  }

  async write(terminalId: string, bytes: Uint8Array): Promise<void> {
    await this.#ask({ op: 'write', terminalId, base64: Buffer.from(bytes).toString('base64') });
  }

  async tail(terminalId: string, maxBytes: number): Promise<Uint8Array> {
    return Buffer.from((await this.#ask({ op: 'tail', terminalId, maxBytes })).base64, 'base64');
  }

  async hangUp(terminalId: string): Promise<void> {
    await this.#ask({ op: 'hangUp', terminalId });
  }

  async forget(terminalId: string): Promise<void> {
    await this.#ask({ op: 'forget', terminalId });
  }

  openRelay(sendToWindow: (frame: Uint8Array<ArrayBuffer>) => void): Relay {
    return this.#relays.open(sendToWindow);
  }

  async stop(): Promise<void> {
    await this.#starting?.catch((error: unknown) => { this.#deps.log.info('pty_host.start_abandoned', { error }); });
    await this.#unlink()?.close();
  }

  async shutdown(): Promise<void> {
    if (this.#link === null) return;
    await this.#ask({ op: 'shutdown' });
    await this.#unlink()?.close();
  }

  async #start(): Promise<HostFacts> {
    const { home, clock, log } = this.#deps;
    const socketPath = getLocalSocketPath(home, 'pty');
    const connection = await connectToHost(socketPath) ?? await this.#startProcess(socketPath);
    const startedAtMs = clock.monotonicMs();
    const facts = await this.#greet(connection);
    if (facts.protocolVersion !== PROTOCOL_VERSION) {
      await connection.close();
      throw unavailable(`protocol ${facts.protocolVersion} of the running host (pid ${facts.pid}) does not fit ${PROTOCOL_VERSION}`);
    }
    this.#use(connection, facts);
    log.info('pty_host.connected', { ...facts, tookMs: clock.monotonicMs() - startedAtMs });
    return facts;
  }

  /** A host that is stopped or hangs takes a connection and never answers. */
  async #greet(connection: HostConnection): Promise<HostFacts> {
    const cancel = this.#deps.clock.after(HELLO_DEADLINE_MS, () => { connection.abandon(`no answer within ${HELLO_DEADLINE_MS} ms`); });
    try {
      return await connection.ask({ op: 'hello', protocolVersion: PROTOCOL_VERSION });
    } finally {
      cancel();
    }
  }

  async #startProcess(socketPath: string): Promise<HostConnection> {
    const { home, entryPath, hostArgs = [], startHostProcess, clock, log } = this.#deps;
    const run = join(home, 'run');
    mkdirSync(run, { recursive: true, mode: 0o700 });
    const logPath = join(home, 'logs', 'pty-host.log');
    const args = ['--socket', socketPath, '--pidFile', join(run, 'ptyHost.pid'), ...hostArgs];
    const pid = startHostProcess({ entryPath, args, logPath });
    log.info('pty_host.started', { pid });
    const deadlineMs = clock.monotonicMs() + START_DEADLINE_MS;
    while (clock.monotonicMs() < deadlineMs) {
      await clock.sleep(CONNECT_EVERY_MS);
      const connection = await connectToHost(socketPath);
      if (connection !== null) return connection;
    }
    throw unavailable(`the process ${pid} did not listen within ${START_DEADLINE_MS} ms; see ${logPath}`);
  }

  #use(connection: HostConnection, facts: HostFacts): void {
    this.#link = { connection, facts };
    connection.onDidReceive((event) => { this.#tell(event); });
    connection.onDidReceiveFrame((frame) => { this.#relays.deliver(frame); });
    connection.onDidClose(({ reason }) => {
      if (this.#link?.connection !== connection) return;
      this.#deps.log.error('pty_host.lost', { pid: facts.pid, reason });
      this.#unlink();
      this.#didLoseHost.fire({ pid: facts.pid });
    });
  }

  /** Forgets the connection and tells the windows; what comes later on it is not a loss. */
  #unlink(): HostConnection | null {
    const connection = this.#link?.connection ?? null;
    this.#link = null;
    this.#relays.closeAll('host_lost');
    return connection;
  }

  #tell(message: HostEvent): void {
    const { event, ...payload } = message;
    switch (message.event) {
      case 'exited': this.#didExit.fire({ terminalId: message.terminalId, exitCode: message.exitCode, signal: message.signal, atMs: message.atMs }); break;
      case 'title': this.#didChangeTitle.fire({ terminalId: message.terminalId, title: message.title }); break;
      case 'bell': this.#didRing.fire({ terminalId: message.terminalId }); break;
      case 'logFailed':
        this.#deps.log.warn('pty_host.log_failed', { event, ...payload });
        this.#didFailLog.fire({ terminalId: message.terminalId, error: message.error });
    }
  }

  #sendToHost(frame: Uint8Array): boolean {
    this.#link?.connection.sendFrame(frame);
    return this.#link !== null;
  }

  async #ask<Op extends RequestBody['op']>(body: Extract<RequestBody, { op: Op }>): Promise<Results[Op]> {
    if (this.#link === null) throw unavailable('not connected');
    return this.#link.connection.ask<Op>(body);
  }
}
