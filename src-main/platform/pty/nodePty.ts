import { readSync } from 'node:fs';
import { Socket } from 'node:net';
import { spawn } from 'node-pty';
import type { IPty } from 'node-pty';
import { InputWriter } from './inputWriter.ts';

const REST_CHUNK_BYTES = 16 * 1024;

export interface PtyStart {
  command: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  columns: number;
  rows: number;
  onData: (chunk: Buffer) => void;
  /** All output has been handed to `onData` before. */
  onExit: (exit: { exitCode: number; signal: number | null }) => void;
}

/** A child on a PTY, as bytes. */
export interface Pty {
  readonly pid: number;
  write(bytes: Uint8Array): void;
  resize(columns: number, rows: number): void;
  /** Stops reading for a short while. */
  pause(): void;
  resume(): void;
  /** Closes the PTY, which hangs up its session. */
  hangUp(): void;
}

/** Starts a child on a new PTY. A missing command or folder does not throw: it is text and exit code 1. */
export function openPty(start: PtyStart): Pty {
  const pty = spawn(start.command, start.args, {
    name: 'xterm-256color', cols: start.columns, rows: start.rows, cwd: start.cwd, env: { ...start.env }, encoding: null,
  });
  const descriptor = descriptorOf(pty);
  const input = new InputWriter(descriptor ?? ((bytes) => { pty.write(bytes); }));
  if (descriptor !== null) readRestBeforeDestroy({ pty, descriptor, onData: start.onData });
  let isOpen = true;
  pty.onData((chunk: string | Buffer) => { start.onData(typeof chunk === 'string' ? Buffer.from(chunk) : chunk); });
  pty.onExit(({ exitCode, signal }) => {
    isOpen = false;
    input.dispose();
    start.onExit({ exitCode, signal: signal === undefined || signal === 0 ? null : signal });
  });
  return {
    pid: pty.pid,
    write: (bytes) => { input.write(bytes); },
    resize: (columns, rows) => { if (isOpen) pty.resize(columns, rows); },
    pause: () => { if (isOpen) pty.pause(); },
    resume: () => { if (isOpen) pty.resume(); },
    hangUp: () => {
      input.dispose();
      if (isOpen) close(pty);
    },
  };
}

/** The master's descriptor where the platform has one. */
function descriptorOf(pty: IPty): number | null {
  const descriptor: unknown = 'fd' in pty ? pty.fd : null;
  return typeof descriptor === 'number' && descriptor >= 0 ? descriptor : null;
}

/**
 * node-pty destroys its socket 200 ms after the child's end, read or not; on a busy machine that loses the rest of the
 * output. So what is left is read before.
 */
function readRestBeforeDestroy({ pty, descriptor, onData }: { pty: IPty; descriptor: number; onData: (chunk: Buffer) => void }): void {
  const socket: unknown = '_socket' in pty ? pty._socket : null;
  if (!(socket instanceof Socket)) return;
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error) => {
    if (!socket.destroyed) {
      for (let held: unknown = socket.read(); held !== null; held = socket.read());
      for (let rest = tryRead(descriptor); rest !== null; rest = tryRead(descriptor)) onData(rest);
    }
    return destroy(error);
  };
}

/** Null when nothing is left: the other end is closed, or it is open and silent. */
function tryRead(descriptor: number): Buffer | null {
  const buffer = Buffer.allocUnsafe(REST_CHUNK_BYTES);
  try {
    const bytes = readSync(descriptor, buffer);
    return bytes === 0 ? null : buffer.subarray(0, bytes);
  } catch {
    return null;
  }
}

/** `destroy` is public in node-pty's code and missing from its types. */
function close(pty: IPty & { destroy?: () => void }): void {
  if (pty.destroy === undefined) pty.kill();
  else pty.destroy();
}
