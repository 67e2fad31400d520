import { z } from 'zod';

/**
 * What backend and PTY host say to each other. On the socket each message is `[u32 length][u8 type][body]`; type 0 is
 * JSON as declared here, type 1 a terminal frame as in `contract/terminalFrames.ts`. A host outlives updates of the
 * app: `hello` and its answer keep their shape for ever, anything else may change with the version.
 */
export const PROTOCOL_VERSION = 1;

const terminalId = z.string().min(1).max(200);
const size = { columns: z.int().min(2).max(1_000), rows: z.int().min(1).max(1_000) };

export const spawnRequest = z.object({
  terminalId,
  command: z.string().min(1),
  args: z.array(z.string()),
  cwd: z.string(),
  /** Complete: nothing is added but TERM and PWD. */
  env: z.record(z.string(), z.string()),
  ...size,
  logPath: z.string().nullable(),
  /** Kept and listed for the caller, such as a run id. */
  mark: z.string().nullable(),
});
export type SpawnRequest = z.infer<typeof spawnRequest>;

export const requestBody = z.discriminatedUnion('op', [
  z.object({ op: z.literal('hello'), protocolVersion: z.int() }),
  spawnRequest.extend({ op: z.literal('spawn') }),
  z.object({ op: z.literal('list') }),
  z.object({ op: z.literal('resize'), terminalId, ...size }),
  z.object({ op: z.literal('write'), terminalId, base64: z.string() }),
  z.object({ op: z.literal('tail'), terminalId, maxBytes: z.int().min(0).max(4_194_304) }),
  z.object({ op: z.literal('hangUp'), terminalId }),
  z.object({ op: z.literal('forget'), terminalId }),
  z.object({ op: z.literal('shutdown') }),
]);
export type RequestBody = z.infer<typeof requestBody>;
export const request = z.object({ id: z.int(), body: requestBody });

export const hostFacts = z.object({ protocolVersion: z.int(), pid: z.int(), startedAtMs: z.number() });
export type HostFacts = z.infer<typeof hostFacts>;

export const logError = z.object({ code: z.string(), atMs: z.number() });
export type LogError = z.infer<typeof logError>;

export const terminalState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('running') }),
  z.object({ kind: z.literal('exited'), exitCode: z.int().nullable(), signal: z.int().nullable(), atMs: z.number() }),
]);
export type TerminalState = z.infer<typeof terminalState>;

export const hostedTerminal = z.object({
  terminalId,
  pid: z.int(),
  mark: z.string().nullable(),
  title: z.string(),
  ...size,
  startedAtMs: z.number(),
  state: terminalState,
  outputBytes: z.int(),
  logPath: z.string().nullable(),
  logError: logError.nullable(),
  /** Output that never reached the log: the disk was full or too slow. */
  logDroppedBytes: z.int(),
});
export type HostedTerminal = z.infer<typeof hostedTerminal>;

export const results = {
  hello: hostFacts,
  spawn: z.object({ pid: z.int() }),
  list: z.object({ terminals: z.array(hostedTerminal) }),
  resize: z.object({}),
  write: z.object({}),
  tail: z.object({ base64: z.string() }),
  hangUp: z.object({}),
  forget: z.object({}),
  shutdown: z.object({}),
} satisfies Record<RequestBody['op'], z.ZodType>;
export type Results = { [Op in keyof typeof results]: z.infer<(typeof results)[Op]> };

export const hostEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('exited'), terminalId, exitCode: z.int().nullable(), signal: z.int().nullable(), atMs: z.number() }),
  z.object({ event: z.literal('title'), terminalId, title: z.string() }),
  z.object({ event: z.literal('bell'), terminalId }),
  z.object({ event: z.literal('logFailed'), terminalId, error: logError }),
]);
export type HostEvent = z.infer<typeof hostEvent>;

export const refusalCode = z.enum(['not_found', 'bad_request', 'exists', 'spawn_failed']);
export type RefusalCode = z.infer<typeof refusalCode>;
export const hostMessage = z.union([
  z.object({ id: z.int(), ok: z.literal(true), result: z.unknown() }),
  z.object({ id: z.int(), ok: z.literal(false), code: refusalCode, message: z.string() }),
  hostEvent,
]);
export type HostMessage = z.infer<typeof hostMessage>;
