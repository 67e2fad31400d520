import { isBoundedJson } from './jsonBounds.ts';
import { isObject, parseJson, type JsonObject } from './json.ts';
import { badRequest } from './portError.ts';

/** The most that a request may hold: pictures come as text within it. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The object that a client sent. @throws PortError invalid_json */
export function parseBody(bytes: Buffer | undefined): JsonObject {
  if (bytes !== undefined && !isBoundedJson(bytes)) throw badRequest('The body is nested too deeply or holds too many values.', null, 'invalid_json');
  const value = bytes === undefined || bytes.byteLength === 0 ? undefined : parseJson(bytes.toString('utf8'));
  if (value === undefined) throw badRequest('The body is not valid JSON.', null, 'invalid_json');
  if (!isObject(value)) throw badRequest('The body must be a JSON object.', null, 'invalid_json');
  return value;
}

/** @throws PortError when it is missing or of another type */
export function requireString(body: JsonObject, name: string): string {
  const value = body[name];
  if (value === undefined || value === null || value === '') throw badRequest(`You must provide "${name}".`, name, 'missing_required_parameter');
  if (typeof value !== 'string') throw badRequest(`"${name}" must be a string.`, name, 'invalid_type');
  return value;
}

/** A year. Much more would be no date any more. */
const MOST_KEEP_SECONDS = 31_536_000;
const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600 };

/** How long the client wants the model kept after the request: seconds, or text such as `5m`; negative for ever, null for as configured. */
export function readKeepSeconds({ keep_alive: keepAlive, ttl }: JsonObject): number | null {
  const wanted = keepAlive ?? ttl;
  if (typeof wanted === 'number') return wanted < 0 ? -1 : Math.min(wanted, MOST_KEEP_SECONDS);
  if (typeof wanted !== 'string') return null;
  if (/^-/.test(wanted)) return -1;
  const parts = [...wanted.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)?/g)];
  return parts.length === 0 ? null : Math.min(parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (DURATION_UNITS[unit ?? 's'] ?? 1), 0), MOST_KEEP_SECONDS);
}
