import type { Clock } from '../../base/clock.ts';
import { readLogChunks, readLogParts, readLogTail } from './logFiles.ts';
import { LogFollower } from './logFollower.ts';
import { toPlainText } from './logText.ts';
import { noSecrets, type SecretRedaction } from './secretRedaction.ts';

const FOLLOW_EVERY_MS = 200;
/** A line beyond this is searched in pieces. */
const MAX_LINE_CHARACTERS = 64 * 1024;
const MAX_SHOWN_CHARACTERS = 2_000;

export interface FoundLine { line: number; text: string }

/** The end of a log as text. */
export async function readLogText(path: string, { maxBytes, raw, redaction = noSecrets }: { maxBytes: number; raw: boolean; redaction?: SecretRedaction }): Promise<{ text: string; sizeBytes: number; isTruncated: boolean }> {
  const { bytes, ...facts } = await readLogTail(path, maxBytes);
  const text = bytes.toString('utf8');
  return { text: redaction.redact(raw ? text : toPlainText(text)), ...facts };
}

/** Finds the newest lines that hold a text, whatever its case. Reads the log once, in slices. */
export async function searchLog(path: string, { text, limit, redaction = noSecrets }: { text: string; limit: number; redaction?: SecretRedaction }): Promise<{ lines: FoundLine[]; isTruncated: boolean }> {
  const wanted = text.toLowerCase();
  const found: FoundLine[] = [];
  let count = 0;
  let line = 0;
  let rest = '';
  const look = (raw: string): void => {
    line += 1;
    if (!raw.toLowerCase().includes(wanted) && !raw.includes('\u001B')) return;
    const plain = redaction.redact(toPlainText(raw));
    if (!plain.toLowerCase().includes(wanted)) return;
    count += 1;
    found.push({ line, text: plain.slice(0, MAX_SHOWN_CHARACTERS) });
    if (found.length > limit * 2) found.splice(0, found.length - limit);
  };
  for await (const chunk of readLogChunks(path)) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const each of lines) look(each);
    if (rest.length > MAX_LINE_CHARACTERS) { look(rest); rest = ''; }
  }
  if (rest !== '') look(rest);
  return { lines: found.slice(-limit), isTruncated: count > limit };
}

interface FollowOptions { tailBytes: number; isOver: () => boolean; clock: Clock; signal: AbortSignal | undefined }

/** A log from its end on, as it grows; ends once `isOver` says so and nothing is left, or with the signal. */
export async function* followLog(path: string, { redaction = noSecrets, ...options }: FollowOptions & { redaction?: SecretRedaction }): AsyncGenerator<{ text: string }, void, void> {
  const stream = redaction.stream();
  for await (const piece of followPieces(path, options)) {
    const text = stream.write(piece);
    if (text !== '') yield { text };
  }
  const text = stream.end();
  if (text !== '') yield { text };
}

async function* followPieces(path: string, { tailBytes, isOver, clock, signal }: FollowOptions): AsyncGenerator<string, void, void> {
  const sizeBytes = (await readLogParts(path)).at(-1)?.sizeBytes ?? 0;
  const follower = new LogFollower({ path, fromBytes: Math.max(0, sizeBytes - tailBytes) });
  while (signal?.aborted !== true) {
    const wasOver = isOver();
    const text = await follower.read();
    if (text !== '') yield text;
    else if (wasOver) return;
    else if (!(await waited(clock, signal))) return;
  }
}

/** False where the signal ended the wait. */
async function waited(clock: Clock, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await clock.sleep(FOLLOW_EVERY_MS, signal);
    return true;
  } catch (error) {
    if (signal?.aborted === true) return false;
    throw error;
  }
}
