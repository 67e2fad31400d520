import { z } from 'zod';

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
