/** One server-sent event. `error` stands for llama-server's `error:` lines of old. */
export interface ServerEvent { readonly kind: 'data' | 'error'; readonly text: string }

/** Longer than any event an engine has reason to send. */
const MAX_EVENT_LETTERS = 64 * 1024 * 1024;

/** A line without an end. */
export class EndlessEventError extends Error {}

/**
 * Takes a stream of bytes apart into events: all those that one piece of bytes completed at once, so that they can be
 * passed on in one write. Letters that were cut between two pieces are put together again; comments are left out.
 * @throws EndlessEventError
 */
export async function* readServerEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    if (rest.length > MAX_EVENT_LETTERS) throw new EndlessEventError('an event without an end');
    const end = findEnd(rest);
    if (end === 0) continue;
    const events = parseEvents(rest.slice(0, end));
    rest = rest.slice(end);
    if (events.length > 0) yield events;
  }
  const last = parseEvents(rest + decoder.decode());
  if (last.length > 0) yield last;
}

/** Behind the last empty line. */
function findEnd(text: string): number {
  const plain = text.lastIndexOf('\n\n');
  const carriage = text.lastIndexOf('\r\n\r\n');
  return Math.max(plain < 0 ? 0 : plain + 2, carriage < 0 ? 0 : carriage + 4);
}

function parseEvents(text: string): ServerEvent[] {
  return text.split(/\r?\n\r?\n/).flatMap((block) => parseEvent(block) ?? []);
}

function parseEvent(block: string): ServerEvent | null {
  const lines = block.split(/\r?\n/);
  const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(line.charAt(5) === ' ' ? 6 : 5));
  if (data.length > 0) return { kind: 'data', text: data.join('\n') };
  const error = lines.find((line) => line.startsWith('error:'));
  return error === undefined ? null : { kind: 'error', text: error.slice(6).trim() };
}
