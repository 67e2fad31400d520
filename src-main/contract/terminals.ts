import { z } from 'zod';
import { call, stream } from './declare.ts';
import { instanceId, instanceReference, runId, terminalId } from './ids.ts';

/**
 * A terminal: a run's output or a shell. Its bytes travel as binary frames beside the calls (`terminalFrames.ts`).
 * `gone` is a terminal whose PTY host has died: its log is readable, its input is not.
 */
export const terminal = z.object({
  id: terminalId,
  kind: z.enum(['run', 'shell']),
  title: z.string(),
  instanceId: instanceId.nullable(),
  runId: runId.nullable(),
  state: z.enum(['live', 'exited', 'gone']),
  pid: z.int().nullable(),
  exitCode: z.int().nullable(),
  signal: z.int().nullable(),
  createdAtMs: z.number(),
  /** Why the log is not written any more, such as a full disk; null while it is. */
  logError: z.string().nullable(),
});
export type Terminal = z.infer<typeof terminal>;

export const terminalChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), terminals: z.array(terminal), host: z.enum(['up', 'starting', 'down']) }),
  z.object({ kind: z.literal('changed'), terminal }),
  z.object({ kind: z.literal('removed'), terminalId }),
  z.object({ kind: z.literal('bell'), terminalId }),
  z.object({ kind: z.literal('host'), host: z.enum(['up', 'starting', 'down']) }),
]);
export type TerminalChange = z.infer<typeof terminalChange>;

const size = { columns: z.int().min(20).max(500).default(120), rows: z.int().min(5).max(300).default(30) };

export const terminals = {
  list: call({ method: 'GET', path: '/terminals', summary: 'All terminals', input: z.object({}), output: z.array(terminal) }),
  /** Opens a shell: inside an instance's environment and folder, or in the home folder when `instance` is left out. */
  openShell: call({ method: 'POST', path: '/terminals', summary: 'Open a shell', input: z.object({ instance: instanceReference.optional(), ...size }), output: terminal, errors: ['instance.not_found', 'terminal.host_unavailable'] }),
  /** Changes the grid of a live terminal; its program gets SIGWINCH. */
  resize: call({ method: 'POST', path: '/terminals/{terminal}/resize', summary: 'Resize', input: z.object({ terminal: z.string(), ...size }), output: z.void(), errors: ['terminal.not_found'] }),
  /** Closes a shell and ends what runs in it. A run's terminal is only forgotten, and only once it has ended. */
  close: call({ method: 'DELETE', path: '/terminals/{terminal}', summary: 'Close', input: z.object({ terminal: z.string() }), output: z.void(), errors: ['terminal.not_found'] }),
  watch: stream({ path: '/terminals/watch', summary: 'Live list', input: z.object({}), output: terminalChange }),
};
