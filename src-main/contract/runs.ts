import { z } from 'zod';
import { call, stream } from './declare.ts';
import { instanceId, instanceReference, runId, terminalId } from './ids.ts';
import { instanceCause } from './instances.ts';

/** One run of a script, kept for good: what was started, as whom, and how it ended. */
export const run = z.object({
  id: runId,
  instanceId,
  instanceName: z.string(),
  terminalId,
  phase: z.enum(['install', 'run']),
  blueprintId: z.string(),
  scriptSha256: z.string(),
  pid: z.int().nullable(),
  startToken: z.string().nullable(),
  bootId: z.string(),
  processGroup: z.int().nullable(),
  ports: z.record(z.string(), z.int()),
  gpuIds: z.array(z.string()),
  logPath: z.string(),
  createdAtMs: z.number(),
  readyAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  exitCode: z.int().nullable(),
  signal: z.int().nullable(),
  cause: instanceCause.nullable(),
  causeEvidence: z.string().nullable(),
});
export type Run = z.infer<typeof run>;

export const runChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), runs: z.array(run) }),
  z.object({ kind: z.literal('changed'), run }),
]);
export type RunChange = z.infer<typeof runChange>;

const one = z.object({ run: z.string().min(1).max(80) });

export const runs = {
  list: call({ method: 'GET', path: '/runs', summary: 'Runs, newest first', input: z.object({ instance: instanceReference.optional(), limit: z.int().min(1).max(1000).default(100) }), output: z.array(run), errors: ['instance.not_found'] }),
  get: call({ method: 'GET', path: '/runs/{run}', summary: 'One run', input: one, output: run, errors: ['run.not_found'] }),
  /** The end of a run's log, escape sequences removed unless `raw`. */
  log: call({ method: 'GET', path: '/runs/{run}/log', summary: 'The end of the log', input: one.extend({ maxBytes: z.int().min(1).max(4_000_000).default(200_000), raw: z.boolean().default(false) }), output: z.object({ text: z.string(), sizeBytes: z.number(), isTruncated: z.boolean() }), errors: ['run.not_found'] }),
  /** Lines of a run's whole log, rotated parts too, that hold a text; newest last. */
  search: call({ method: 'GET', path: '/runs/{run}/search', summary: 'Search the log', input: one.extend({ text: z.string().min(1).max(500), limit: z.int().min(1).max(5_000).default(500) }), output: z.object({ lines: z.array(z.object({ line: z.int(), text: z.string() })), isTruncated: z.boolean() }), errors: ['run.not_found'] }),
  /** The log from its end on, as it grows, until the run ends. */
  follow: stream({ path: '/runs/{run}/follow', summary: 'Follow the log', input: one.extend({ tailBytes: z.int().min(0).max(1_000_000).default(20_000) }), output: z.object({ text: z.string() }), errors: ['run.not_found'] }),
  watch: stream({ path: '/runs/watch', summary: 'Live runs and the last 100', input: z.object({}), output: runChange }),
};
