import type { Event } from '../../base/emitter.ts';
import type { Disposable } from '../../base/disposables.ts';
import type { HostedTerminal, HostFacts, LogError, SpawnRequest } from './hostProtocol.ts';

export type { HostedTerminal, HostFacts, LogError, SpawnRequest } from './hostProtocol.ts';

export interface TerminalExit {
  terminalId: string;
  exitCode: number | null;
  /** The signal's number; a child that a signal ended has exit code 0. */
  signal: number | null;
  atMs: number;
}

/** The terminal frames of one window connection, carried to the host and back. */
export interface Relay extends Disposable {
  /** Takes a frame from the window. A bad one closes its channel; never throws. */
  receive(frame: Uint8Array): void;
}

/**
 * The process that owns the PTYs. It outlives the backend, so what runs in it is learnt from `list` after
 * `ensureStarted`, exits included, until `forget`.
 *
 * Calls reject with `terminal.host_unavailable` when the host is gone and `terminal.not_found` for an unknown terminal.
 */
export interface PtyHost {
  /** What the connected host said of itself, null while there is none. */
  readonly facts: HostFacts | null;
  readonly onDidExit: Event<TerminalExit>;
  readonly onDidChangeTitle: Event<{ terminalId: string; title: string }>;
  readonly onDidRing: Event<{ terminalId: string }>;
  /** A log cannot be written any more; output goes on, and writing is tried again. */
  readonly onDidFailLog: Event<{ terminalId: string; error: LogError }>;
  /** The host died or the connection broke: its PTYs are gone with it. Not fired by `stop` and `shutdown`. */
  readonly onDidLoseHost: Event<{ pid: number }>;

  /** Connects to the living host, or starts one. Calls that overlap share one start. */
  ensureStarted(): Promise<HostFacts>;
  spawn(request: SpawnRequest): Promise<{ pid: number }>;
  list(): Promise<readonly HostedTerminal[]>;
  resize(terminalId: string, size: { columns: number; rows: number }): Promise<void>;
  write(terminalId: string, bytes: Uint8Array): Promise<void>;
  /** The last bytes of output, at most `maxBytes`. */
  tail(terminalId: string, maxBytes: number): Promise<Uint8Array>;
  /** Closes the PTY: its session gets SIGHUP. Ends no process that ignores it. */
  hangUp(terminalId: string): Promise<void>;
  /** Drops a terminal with its scrollback; hangs up first if it still runs. Its log file stays. */
  forget(terminalId: string): Promise<void>;
  openRelay(sendToWindow: (frame: Uint8Array<ArrayBuffer>) => void): Relay;
  /** Leaves the host; its terminals live on. */
  stop(): Promise<void>;
  /** Ends the host and every PTY in it. */
  shutdown(): Promise<void>;
}
