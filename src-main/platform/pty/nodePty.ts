import { spawn } from 'node-pty';
import type { IPty } from 'node-pty';
import { InputWriter } from './inputWriter.ts';

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
  /** Stops reading. If the child ends within a pause of more than 200 ms, node-pty loses what was not read. */
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
  const input = new InputWriter(toSink(pty));
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

/** The descriptor where the platform has one; else node-pty's own writer. */
function toSink(pty: IPty): number | ((bytes: Buffer) => void) {
  const descriptor: unknown = 'fd' in pty ? pty.fd : null;
  return typeof descriptor === 'number' && descriptor >= 0 ? descriptor : (bytes) => { pty.write(bytes); };
}

/** `destroy` is public in node-pty's code and missing from its types. */
function close(pty: IPty & { destroy?: () => void }): void {
  if (pty.destroy === undefined) pty.kill();
  else pty.destroy();
}
