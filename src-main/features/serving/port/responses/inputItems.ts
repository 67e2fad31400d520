import { asObject, asObjects, asString, isObject, type JsonObject } from '../json.ts';
import { badRequest } from '../portError.ts';

/**
 * The items of an input, text alone being one message. Items that are only named are found by `findItem`.
 * @throws PortError when there is none, and item_not_found
 */
export function readInput(value: unknown, findItem: (id: string) => JsonObject | null): JsonObject[] {
  if (typeof value === 'string') return [{ type: 'message', role: 'user', content: value }];
  if (!Array.isArray(value)) throw badRequest('You must provide "input".', 'input', 'missing_required_parameter');
  return value.map((item: unknown) => {
    if (!isObject(item)) throw badRequest('Every item of "input" must be an object.', 'input');
    const id = asString(item['id']);
    const isNamed = item['type'] === 'item_reference' || (item['type'] == null && item['role'] == null && id !== null);
    if (!isNamed) return item;
    const found = findItem(id ?? '');
    if (found === null) throw badRequest(`The item "${id ?? ''}" is not known any more; send its content again.`, 'input', 'item_not_found');
    return found;
  });
}

/** The parts of a content in OpenAI's chat's words. @throws PortError for one that a chat cannot hold */
export function toParts(content: unknown): JsonObject[] {
  if (content == null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content) || !content.every(isObject)) throw badRequest('A content must be a text or a list of parts.', 'input');
  return content.map(toPart);
}

/** @throws PortError for anything but text */
export function toText(content: unknown): string {
  const parts = toParts(content);
  if (parts.some(({ type }) => type !== 'text')) throw badRequest('Only messages of the user and outputs of tools may hold pictures and sounds.', 'input');
  return joinText(parts);
}

export function joinText(parts: readonly JsonObject[]): string {
  return parts.flatMap(({ text }) => asString(text) ?? []).join('\n');
}

/** The text of a thought, or what was said to sum it up. */
export function readThought({ content, summary }: JsonObject): string {
  const text = joinText(asObjects(content));
  return text === '' ? joinText(asObjects(summary)) : text;
}

function toPart(part: JsonObject): JsonObject {
  const { type } = part;
  switch (type) {
    case 'input_text': case 'output_text': case 'text': return { type: 'text', text: asString(part['text']) ?? '' };
    case 'refusal': return { type: 'text', text: asString(part['refusal']) ?? '' };
    case 'input_audio': return { type, input_audio: asObject(part['input_audio']) };
    case 'input_image': return toPicture(part);
    default: throw badRequest(`Parts of the type "${String(type)}" are not taken here.`, 'input');
  }
}

function toPicture({ image_url: url, detail }: JsonObject): JsonObject {
  if (typeof url !== 'string') throw badRequest('A picture must come as "image_url": files are not kept here.', 'input');
  return { type: 'image_url', image_url: { url, ...(detail != null && { detail }) } };
}
