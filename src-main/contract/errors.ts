import { z } from 'zod';

/** Why a model was not loaded: the load failed, or something came in between. */
const notLoaded = z.enum([
  'insufficient_vram', 'out_of_memory', 'stalled', 'crashed', 'unreadable', 'missing_engine', 'unreachable', 'spawn_failed', 'unknown',
  'gpu_busy', 'queue_full', 'cancelled', 'model_unloaded', 'shutting_down', 'disabled', 'quarantined',
]);

/**
 * Every error that a caller can act on, with the shape of its details. Anything else thrown is a bug and reaches a
 * client as `internal` with a reference that stands in the log beside the real text.
 */
export const errorCatalogue = {
  internal: z.object({ reference: z.string() }),
  bad_input: z.object({ issues: z.array(z.string()) }),
  unauthorized: z.object({}),
  forbidden: z.object({ reason: z.enum(['host', 'origin', 'token']) }),
  'database.read_only': z.object({ schemaVersion: z.int(), supportedVersion: z.int() }),
  'host.unsupported': z.object({ capability: z.string() }),
  'setting.unknown': z.object({ key: z.string() }),
  'setting.invalid': z.object({ key: z.string(), issues: z.array(z.string()) }),
  'setting.fixed_by_environment': z.object({ key: z.string(), variable: z.string() }),
  'blueprint.not_found': z.object({ blueprintId: z.string() }),
  'blueprint.invalid': z.object({ problems: z.array(z.object({ file: z.string(), line: z.int(), message: z.string() })) }),
  'blueprint.unparsed': z.object({ blueprintId: z.string() }),
  'blueprint.read_only': z.object({ blueprintId: z.string() }),
  'blueprint.conflict': z.object({ blueprintId: z.string(), sha256: z.string() }),
  'blueprint.in_use': z.object({ blueprintId: z.string(), instanceNames: z.array(z.string()) }),
  'instance.not_found': z.object({ instance: z.string() }),
  'instance.name_taken': z.object({ name: z.string(), slug: z.string() }),
  'instance.name_invalid': z.object({ name: z.string(), reason: z.enum(['empty', 'too_long', 'characters', 'leading_dot', 'slug_empty']) }),
  'instance.busy': z.object({ instanceId: z.string(), name: z.string(), status: z.string() }),
  'instance.folder_exists': z.object({ path: z.string() }),
  'port.in_use': z.object({ port: z.int(), holderPid: z.int().nullable(), holderCommand: z.string().nullable(), holderInstance: z.string().nullable() }),
  'port.pool_empty': z.object({ from: z.int(), to: z.int() }),
  'run.not_found': z.object({ runId: z.string() }),
  'terminal.not_found': z.object({ terminalId: z.string() }),
  'terminal.host_unavailable': z.object({ reason: z.string() }),
  'folder.not_writable': z.object({ path: z.string(), reason: z.string() }),
  'model.not_found': z.object({ model: z.string() }),
  'model.name_taken': z.object({ name: z.string(), holder: z.string() }),
  'model.role_not_found': z.object({ role: z.string() }),
  'model.no_way_back': z.object({ role: z.string() }),
  'model.in_use': z.object({ reference: z.string(), users: z.array(z.string()) }),
  'model.unreadable': z.object({ path: z.string(), reason: z.string() }),
  'model.path_not_found': z.object({ path: z.string() }),
  'model.pickle_refused': z.object({ path: z.string(), findings: z.array(z.string()) }),
  'disk.full': z.object({ path: z.string(), neededBytes: z.number(), freeBytes: z.number() }),
  'hub.unreachable': z.object({ endpoint: z.string(), reason: z.string() }),
  'hub.not_found': z.object({ repo: z.string() }),
  'hub.gated': z.object({ repo: z.string(), state: z.enum(['needs_token', 'needs_terms', 'token_refused']) }),
  'hub.rate_limited': z.object({ retryAfterMs: z.number() }),
  'hub.protocol': z.object({ what: z.string() }),
  'download.not_found': z.object({ downloadId: z.string() }),
  'download.nothing_selected': z.object({ repo: z.string(), wanted: z.string(), labels: z.array(z.string()) }),
  'config.not_found': z.object({ config: z.string() }),
  'config.name_taken': z.object({ name: z.string() }),
  'config.invalid': z.object({ field: z.string(), reason: z.enum(['needs_model', 'needs_container', 'needs_external', 'template', 'kv_needs_flash_attention', 'argument_taken']), value: z.string().nullable() }),
  'lease.insufficient_vram': z.object({ model: z.string(), neededBytes: z.number(), freeBytes: z.number(), holders: z.array(z.string()) }),
  'serving.model_not_found': z.object({ model: z.string() }),
  'serving.request_not_found': z.object({ requestId: z.string() }),
  'serving.load_failed': z.object({ model: z.string(), failure: notLoaded, detail: z.string() }),
  'key.not_found': z.object({ key: z.string() }),
  'key.name_taken': z.object({ name: z.string() }),
  'conversation.not_found': z.object({ conversationId: z.string() }),
  'conversation.busy': z.object({ conversationId: z.string() }),
  'conversation.no_model': z.object({ model: z.string().nullable() }),
  'message.not_found': z.object({ messageId: z.string() }),
} as const satisfies Record<string, z.ZodType>;

/** A declared error code, `noun.reason`. */
export type ErrorCode = keyof typeof errorCatalogue;
/** The details that go with a code. */
export type ErrorDetails<C extends ErrorCode> = z.infer<(typeof errorCatalogue)[C]>;

/** The one error class: a declared code, numbers and names in `details`; the message is for the log, never parsed. */
export class AppError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly details: ErrorDetails<C>;

  constructor(code: C, message: string, details: ErrorDetails<C>, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

/** Whether an error carries this declared code; narrows its details. */
export function hasCode<C extends ErrorCode>(error: unknown, code: C): error is AppError<C> {
  return error instanceof AppError && error.code === code;
}
