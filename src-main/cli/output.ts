import { ORPCError } from '@orpc/client';
import { MODEL_SENTENCES, show } from './modelSentences.ts';

/** Where commands print: one JSON value, or lines for people. */
export interface Output {
  readonly isJson: boolean;
  /** Prints the value as JSON, or what `toLines` makes of it. */
  print<T>(value: T, toLines: (value: T) => readonly string[]): void;
}

export function createOutput(isJson: boolean): Output {
  return {
    isJson,
    print: (value, toLines) => {
      process.stdout.write(isJson ? `${JSON.stringify(value, null, 2)}\n` : toLines(value).map((line) => `${line}\n`).join(''));
    },
  };
}

/** Aligns rows into columns; the first row is the heading. */
export function toTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
}

const SENTENCES: Record<string, (data: Record<string, unknown>) => string> = {
  internal: ({ reference }) => `The backend failed; its log has the details under ${show(reference)}.`,
  bad_input: ({ issues }) => `That was not valid: ${show(issues)}.`,
  'database.read_only': () => 'The database was written by a newer Wheelhouse and is open for reading only. Update this one.',
  'blueprint.not_found': ({ blueprintId }) => `There is no blueprint "${show(blueprintId)}". "wheelhouse blueprint list" shows them.`,
  'blueprint.unparsed': ({ blueprintId }) => `"${show(blueprintId)}" has no readable header. Start it with --accept-unparsed if you trust it.`,
  'instance.not_found': ({ instance }) => `There is no instance "${show(instance)}". "wheelhouse instance list" shows them.`,
  'instance.name_taken': ({ name }) => `There is an instance called "${show(name)}" already, or one whose folder would be the same.`,
  'instance.name_invalid': ({ name, reason }) => `"${show(name)}" cannot be a name (${show(reason)}): use letters, digits, spaces, ".", "_" and "-", 1 to 80, with no leading dot.`,
  'instance.busy': ({ name, status }) => `"${show(name)}" is ${show(status)}; stop it first.`,
  'instance.folder_exists': ({ path }) => `The folder ${show(path)} is in the way.`,
  'port.in_use': ({ port, holderPid, holderCommand, holderInstance }) => `Port ${show(port)} is in use by ${holderInstance === null ? `${show(holderCommand ?? 'an unknown program')} (pid ${show(holderPid ?? 'unknown')})` : `the instance "${show(holderInstance)}"`}.`,
  'port.pool_empty': ({ from, to }) => `Every port from ${show(from)} to ${show(to)} is taken. Widen the pool in the settings ports.first and ports.last.`,
  'terminal.host_unavailable': ({ reason }) => `The process that owns the terminals is not there: ${show(reason)}.`,
  'folder.not_writable': ({ path, reason }) => `${show(path)} cannot be written (${show(reason)}).`,
  'run.not_found': ({ runId }) => `There is no run ${show(runId)}.`,
  ...MODEL_SENTENCES,
};

/** One clear sentence for whatever went wrong. */
export function explainError(error: unknown): string {
  if (isWireError(error)) return SENTENCES[error.code]?.(isRecord(error.data) ? error.data : {}) ?? `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

function isWireError(error: unknown): error is ORPCError<string, unknown> {
  return error instanceof ORPCError;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
