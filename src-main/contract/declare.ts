import { oc, eventIterator } from '@orpc/contract';
import type { HTTPMethod } from '@orpc/contract';
import type { z } from 'zod';
import { errorCatalogue, type ErrorCode } from './errors.ts';

const statuses: Partial<Record<ErrorCode, number>> = {
  internal: 500, unauthorized: 401, forbidden: 403, bad_input: 400,
  'instance.busy': 409, 'instance.name_taken': 409, 'blueprint.conflict': 409, 'blueprint.in_use': 409, 'port.in_use': 409,
  'database.read_only': 503, 'terminal.host_unavailable': 503, 'host.unsupported': 501, 'setting.fixed_by_environment': 409,
  'model.name_taken': 409, 'model.in_use': 409, 'model.no_way_back': 409, 'config.name_taken': 409, 'key.name_taken': 409, 'conversation.busy': 409, 'disk.full': 507,
  'hub.unreachable': 502, 'hub.gated': 403, 'hub.rate_limited': 429, 'hub.protocol': 502, 'lease.insufficient_vram': 503, 'model.role_not_found': 404, 'model.path_not_found': 404,
};

/** The HTTP status under which a declared error reaches a REST client: its own, 404 for `….not_found`, else 422. */
export function statusOf(code: ErrorCode): number {
  return statuses[code] ?? (code.endsWith('.not_found') ? 404 : 422);
}

/** What any call may answer. */
const everywhere = ['internal', 'bad_input', 'unauthorized', 'database.read_only'] as const satisfies readonly ErrorCode[];
type Everywhere = (typeof everywhere)[number];

type ErrorMapOf<C extends ErrorCode> = { [K in C]: { status: number; data: (typeof errorCatalogue)[K] } };

function errorMap<C extends ErrorCode>(codes: readonly C[]): ErrorMapOf<C> {
  return Object.fromEntries([...everywhere, ...codes].map((code) => [code, { status: statusOf(code), data: errorCatalogue[code] }])) as ErrorMapOf<C>;
}

interface Declaration<I extends z.ZodType, O extends z.ZodType, C extends ErrorCode> {
  method: HTTPMethod;
  path: `/${string}`;
  summary: string;
  input: I;
  output: O;
  errors?: readonly C[];
}

/** Declares one call: its REST route, its schemas and the errors that its caller can act on. */
export function call<I extends z.ZodType, O extends z.ZodType, const C extends ErrorCode = never>({ method, path, summary, input, output, errors }: Declaration<I, O, C>) {
  return oc.route({ method, path, summary, tags: [path.split('/')[1] ?? ''] }).errors(errorMap<C | Everywhere>(errors ?? [])).input(input).output(output);
}

/** Declares one live stream: over MessagePort and WebSocket an async iterator, over REST server-sent events. */
export function stream<I extends z.ZodType, O extends z.ZodType, const C extends ErrorCode = never>({ path, summary, input, output, errors }: Omit<Declaration<I, O, C>, 'method'>) {
  return oc.route({ method: 'GET', path, summary, tags: [path.split('/')[1] ?? ''] }).errors(errorMap<C | Everywhere>(errors ?? [])).input(input).output(eventIterator(output));
}
