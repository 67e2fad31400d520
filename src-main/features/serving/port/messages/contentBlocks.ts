import { asObject, asString, isObject, type JsonObject } from '../json.ts';
import { badRequest } from '../portError.ts';

/** The blocks of a content, text alone being one. @throws PortError */
export function toBlocks(content: unknown): JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content) || !content.every(isObject)) throw badRequest('messages: content must be a text or a list of blocks.', 'messages');
  return content;
}

/** A block in OpenAI's chat's words; a document may hold several. @throws PortError for one that a chat cannot hold */
export function toParts(block: JsonObject): JsonObject[] {
  switch (block['type']) {
    case 'text': return [{ type: 'text', text: asString(block['text']) ?? '' }];
    case 'image': return [toPicture(asObject(block['source']))];
    case 'document': return toDocument(asObject(block['source']));
    default: throw badRequest(`Blocks of the type "${String(block['type'])}" are not taken here.`, 'messages');
  }
}

/** The text of blocks; what is not text is left to whom it is shown to. */
export function joinText(parts: readonly JsonObject[]): string {
  return parts.flatMap(({ text }) => asString(text) ?? []).join('\n');
}

export function isText({ type }: JsonObject): boolean {
  return type === 'text';
}

function toPicture(source: JsonObject): JsonObject {
  const data = asString(source['data']);
  if (source['type'] === 'url') return { type: 'image_url', image_url: { url: source['url'] } };
  if (data === null) throw badRequest('A picture must come as base64: files are not kept here.', 'messages');
  return { type: 'image_url', image_url: { url: `data:${asString(source['media_type']) ?? 'image/png'};base64,${data}` } };
}

function toDocument({ type, data, content }: JsonObject): JsonObject[] {
  if (type === 'text') return [{ type: 'text', text: asString(data) ?? '' }];
  if (type === 'content') return toBlocks(content).flatMap(toParts);
  throw badRequest('Documents are taken as text only: a local model does not read PDF.', 'messages');
}
