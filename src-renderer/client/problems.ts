import { ORPCError } from '@orpc/client';
import { errorCatalogue } from '#contract/errors.ts';
import type { ErrorCode, ErrorDetails } from '#contract/errors.ts';
import { formatBytes } from '../base/format.ts';
import { ConnectionLostError } from './connection.ts';

/** An error in the user's words, ready for an ErrorNote or a toast. */
export interface Problem {
  /** The declared code, or `connection.lost` or `unexpected`. */
  code: string;
  /** What happened. */
  sentence: string;
  /** Why, as far as known. */
  why: string | null;
  /** For the folded part: issues, a reference. */
  details: string | null;
}

/** Gives the words of a key, such as i18next's `t`. */
export type Translate = (key: string, values: Record<string, string | number>) => string;

/** What a code's words are made of: the key under `errors.`, its values, and which of several whys applies. */
interface Wording {
  values?: Record<string, string | number>;
  why?: string;
  details?: string;
}

/** One line per declared code; a new code does not compile until it stands here. */
const wordings: { [C in ErrorCode]: (details: ErrorDetails<C>) => Wording } = {
  internal: ({ reference }) => ({ values: { reference }, why: 'why' }),
  bad_input: ({ issues }) => ({ details: issues.join('\n') }),
  unauthorized: () => ({ why: 'why' }),
  forbidden: ({ reason }) => ({ why: `why_${reason}` }),
  'database.read_only': (values) => ({ values, why: 'why' }),
  'host.unsupported': (values) => ({ values, why: 'why' }),
  'setting.unknown': ({ key }) => ({ values: { key } }),
  'setting.invalid': ({ key, issues }) => ({ values: { key }, details: issues.join('\n') }),
  'setting.fixed_by_environment': (values) => ({ values, why: 'why' }),
  'blueprint.not_found': ({ blueprintId }) => ({ values: { blueprintId }, why: 'why' }),
  'blueprint.invalid': ({ problems }) => ({ details: problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n') }),
  'blueprint.unparsed': ({ blueprintId }) => ({ values: { blueprintId }, why: 'why' }),
  'blueprint.read_only': ({ blueprintId }) => ({ values: { blueprintId }, why: 'why' }),
  'blueprint.conflict': ({ blueprintId, sha256 }) => ({ values: { blueprintId }, why: 'why', details: `sha256 ${sha256}` }),
  'blueprint.in_use': ({ blueprintId, instanceNames }) => ({ values: { blueprintId, names: instanceNames.join(', ') }, why: 'why' }),
  'instance.not_found': ({ instance }) => ({ values: { instance }, why: 'why' }),
  'instance.name_taken': (values) => ({ values, why: 'why' }),
  'instance.name_invalid': ({ name, reason }) => ({ values: { name }, why: `why_${reason}` }),
  'instance.busy': ({ name, status }) => ({ values: { name, status }, why: 'why' }),
  'instance.folder_exists': (values) => ({ values, why: 'why' }),
  'port.in_use': (details) => ({ values: { port: details.port, holder: toHolder(details) }, why: toHolder(details) ? 'why' : 'why_unknown' }),
  'port.pool_empty': (values) => ({ values, why: 'why' }),
  'run.not_found': ({ runId }) => ({ details: runId }),
  'terminal.not_found': ({ terminalId }) => ({ details: terminalId }),
  'terminal.host_unavailable': ({ reason }) => ({ why: 'why', details: reason }),
  'folder.not_writable': (values) => ({ values, why: 'why' }),
  'model.not_found': (values) => ({ values, why: 'why' }),
  'model.name_taken': (values) => ({ values, why: 'why' }),
  'model.role_not_found': (values) => ({ values }),
  'model.no_way_back': (values) => ({ values, why: 'why' }),
  'model.in_use': ({ reference, users }) => ({ values: { reference, users: users.join(', ') }, why: 'why' }),
  'model.unreadable': ({ path, reason }) => ({ values: { path }, why: 'why', details: reason }),
  'model.path_not_found': (values) => ({ values, why: 'why' }),
  'model.pickle_refused': ({ path, findings }) => ({ values: { path }, why: 'why', details: findings.join('\n') }),
  'disk.full': ({ path, neededBytes, freeBytes }) => ({ values: { path, needed: formatBytes(neededBytes), free: formatBytes(freeBytes) }, why: 'why' }),
  'hub.unreachable': ({ endpoint, reason }) => ({ values: { endpoint }, why: 'why', details: reason }),
  'hub.not_found': (values) => ({ values, why: 'why' }),
  'hub.gated': ({ repo, state }) => ({ values: { repo }, why: `why_${state}` }),
  'hub.rate_limited': ({ retryAfterMs }) => ({ values: { seconds: Math.ceil(retryAfterMs / 1_000) }, why: 'why' }),
  'hub.protocol': ({ what }) => ({ why: 'why', details: what }),
  'download.not_found': ({ downloadId }) => ({ details: downloadId }),
  'download.nothing_selected': ({ repo, wanted, labels }) => ({ values: { repo, wanted, labels: labels.join(', ') }, why: labels.length > 0 ? 'why' : 'why_none' }),
  'config.not_found': (values) => ({ values }),
  'config.name_taken': (values) => ({ values, why: 'why' }),
  'config.invalid': ({ reason, value }) => ({ values: { value: value ?? '' }, why: `why_${reason}` }),
  'lease.insufficient_vram': ({ model, neededBytes, freeBytes, holders }) => ({ values: { model, needed: formatBytes(neededBytes), free: formatBytes(freeBytes), holders: holders.join(', ') }, why: holders.length > 0 ? 'why_held' : 'why' }),
  'serving.model_not_found': (values) => ({ values, why: 'why' }),
  'serving.request_not_found': ({ requestId }) => ({ details: requestId }),
  'serving.load_failed': ({ model, failure, detail }) => ({ values: { model, detail }, why: `why_${failure}`, details: detail }),
  'key.not_found': (values) => ({ values }),
  'key.name_taken': (values) => ({ values, why: 'why' }),
  'conversation.not_found': ({ conversationId }) => ({ details: conversationId }),
  'conversation.busy': () => ({ why: 'why' }),
  'conversation.no_model': ({ model }) => ({ values: { model: model ?? '' }, why: model === null ? 'why' : 'why_gone' }),
  'message.not_found': ({ messageId }) => ({ details: messageId }),
};

function toHolder({ holderInstance, holderCommand, holderPid }: ErrorDetails<'port.in_use'>): string {
  const process = [holderCommand, holderPid === null ? null : `(${holderPid})`].filter(Boolean).join(' ');
  return holderInstance ?? process;
}

/** Turns whatever a call threw into words. Does not throw. */
export function toProblem(error: unknown, t: Translate): Problem {
  if (error instanceof ConnectionLostError) return toWords('connection.lost', { why: 'why' }, t);
  if (error instanceof ORPCError && isErrorCode(error.code)) return toDeclared(error.code, error.data, t);
  if (error instanceof ORPCError) return toWords('unexpected', { why: 'why', details: `${error.code} ${error.status}: ${error.message}` }, t);
  return toWords('unexpected', { why: 'why', details: error instanceof Error ? error.stack ?? error.message : String(error) }, t);
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCatalogue, code);
}

/** The declared code of what a call threw, null for anything else. */
export function getErrorCode(error: unknown): ErrorCode | null {
  return error instanceof ORPCError && isErrorCode(error.code) ? error.code : null;
}

function toDeclared(code: ErrorCode, data: unknown, t: Translate): Problem {
  const details = errorCatalogue[code].safeParse(data);
  if (!details.success) return toWords('unexpected', { details: `${code} ${JSON.stringify(data)}` }, t);
  const toWording = wordings[code] as (details: unknown) => Wording;
  return toWords(code, toWording(details.data), t);
}

function toWords(code: string, { values = {}, why, details }: Wording, t: Translate): Problem {
  return {
    code,
    sentence: t(`errors.${code}.what`, values),
    why: why === undefined ? null : t(`errors.${code}.${why}`, values),
    details: details ?? null,
  };
}
