import { ORPCError } from '@orpc/server';
import { AppError, errorCatalogue, type ErrorCode, type ErrorDetails } from '#contract/errors.ts';
import { statusOf } from '#contract/declare.ts';
import { createReference } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';

type WireError = ORPCError<string, unknown>;

/** What the boundary must know of the database to name a refused write. */
export interface SchemaFacts { schemaVersion: number; supportedVersion: number }

/**
 * Turns whatever a handler threw into a declared error: an AppError keeps its code and details, bad input its issues,
 * a write to a read-only database says so. Anything else is a bug: `internal` with a reference, its text in the log.
 */
export function toWireError(error: unknown, log: Logger, schema: SchemaFacts): WireError {
  if (isWireError(error)) return translate(error, log, schema);
  if (error instanceof AppError) return toDefined(error.code, error.details, error.message);
  if (isReadOnlyWrite(error)) return toDefined('database.read_only', schema, 'database is read-only');
  return toInternal(error, log);
}

function translate(error: WireError, log: Logger, schema: SchemaFacts): WireError {
  if (error.code in errorCatalogue) return error;
  if (error.code === 'BAD_REQUEST') return toDefined('bad_input', { issues: readIssues(error.data) }, 'bad input');
  if (isReadOnlyWrite(error.cause)) return toDefined('database.read_only', schema, 'database is read-only');
  return error.status < 500 ? error : toInternal(error, log);
}

function toInternal(error: unknown, log: Logger): WireError {
  const reference = createReference();
  log.error('api.internal', { error, reference, cause: error instanceof Error ? error.cause : undefined });
  return toDefined('internal', { reference }, 'internal');
}

function isWireError(error: unknown): error is WireError {
  return error instanceof ORPCError;
}

function toDefined<C extends ErrorCode>(code: C, data: ErrorDetails<C>, message: string): WireError {
  return new ORPCError(code, { status: statusOf(code), message, data, defined: true });
}

function readIssues(data: unknown): string[] {
  const issues: unknown = typeof data === 'object' && data !== null && 'issues' in data ? data.issues : null;
  return Array.isArray(issues) ? issues.map(describeIssue) : ['not readable'];
}

function describeIssue(issue: unknown): string {
  if (typeof issue !== 'object' || issue === null) return String(issue);
  const path = 'path' in issue && Array.isArray(issue.path) ? issue.path.join('.') : '';
  const message = 'message' in issue ? String(issue.message) : 'not valid';
  return path === '' ? message : `${path}: ${message}`;
}

function isReadOnlyWrite(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_READONLY';
}
