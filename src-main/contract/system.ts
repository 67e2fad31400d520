import { z } from 'zod';
import { call } from './declare.ts';

/** The backend about itself. Event-loop delay in milliseconds over the last minute. */
export const systemStatus = z.object({
  version: z.string(),
  pid: z.int(),
  home: z.string(),
  shell: z.enum(['desktop', 'headless']),
  platform: z.string(),
  startedAtMs: z.number(),
  /** Milliseconds from the process's start until it was ready to serve. */
  readyAfterMs: z.number(),
  address: z.string().nullable(),
  instanceCount: z.int(),
  liveCount: z.int(),
  eventLoopDelayMs: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
  residentBytes: z.number(),
  database: z.object({ schemaVersion: z.int(), isReadOnly: z.boolean(), keptAsidePath: z.string().nullable() }),
  terminalHost: z.object({ state: z.enum(['up', 'starting', 'down']), pid: z.int().nullable() }),
  logPath: z.string(),
  capabilities: z.object({ pickFolder: z.boolean(), reveal: z.boolean(), notify: z.boolean(), openExternal: z.boolean() }),
});
export type SystemStatus = z.infer<typeof systemStatus>;

/** One thing that Wheelhouse or a blueprint needs of this machine. */
export const doctorCheck = z.object({
  id: z.string(),
  level: z.enum(['ok', 'warning', 'missing']),
  found: z.string().nullable(),
  neededFor: z.string(),
  hint: z.string().nullable(),
});
export type DoctorCheck = z.infer<typeof doctorCheck>;

export const system = {
  status: call({ method: 'GET', path: '/system/status', summary: 'The backend about itself', input: z.object({}), output: systemStatus }),
  doctor: call({ method: 'GET', path: '/system/doctor', summary: 'What is missing on this machine', input: z.object({}), output: z.array(doctorCheck) }),
  /** Ends the backend; answers before it goes. */
  stop: call({ method: 'POST', path: '/system/stop', summary: 'End the backend', input: z.object({ runs: z.enum(['stop', 'leave']).default('leave') }), output: z.void() }),
  /** A new one-time address of the window for a browser. */
  createLink: call({ method: 'POST', path: '/system/link', summary: 'A one-time address of the window', input: z.object({}), output: z.object({ url: z.string().nullable() }) }),
  /** Shows a path of the data folder in the file manager. */
  reveal: call({ method: 'POST', path: '/system/reveal', summary: 'Show in the file manager', input: z.object({ path: z.string().max(4_000) }), output: z.void(), errors: ['host.unsupported', 'folder.not_writable'] }),
};
