import { asObjects, isObject } from '../json.ts';
import { badRequest } from '../portError.ts';

/** Words, which nothing is fetched for, whatever they look like. */
const WORDS = new Set(['text', 'thinking', 'reasoning', 'refusal', 'name', 'filename', 'title']);

/**
 * Refuses messages with a picture, sound or film that an engine of this machine would fetch: it would do so from here, also
 * from places that only this machine may reach. What stands within the request is taken, as a data: URL or as base64.
 * @throws PortError
 */
export function refuseAddresses(messages: unknown): void {
  if (!asObjects(messages).some(({ content }) => asObjects(content).some(hasAddress))) return;
  throw badRequest('Pictures, sounds and films are taken within the request: as data: URLs or base64. An address is not fetched, since whoever may ask a model need not be allowed to reach this network.', 'messages');
}

/** Whether a text names a place: it has a scheme other than `data:`. llama-server takes everything for an address that begins with `http`. */
export function isAddress(text: string): boolean {
  return /^\s*(?!data:)(http|[a-z][a-z\d+.-]*:)/i.test(text);
}

function hasAddress(value: unknown): boolean {
  if (typeof value === 'string') return isAddress(value);
  if (Array.isArray(value)) return value.some(hasAddress);
  return isObject(value) && Object.entries(value).some(([name, inner]) => !WORDS.has(name) && hasAddress(inner));
}
