import { z } from 'zod';
import { AppError } from './errors.ts';

/**
 * Terminal bytes travel outside JSON, between window, backend and PTY host alike, one frame a message:
 * `[u8 kind][u32 channelId, little-endian][payload]`. A channel is one subscription of one window to one terminal;
 * its number is chosen by the side that attaches. JSON payloads are written in ASCII.
 *
 * Flow control: the window acknowledges what it has processed of `replay` and `data` payloads. A `replay` frame holds
 * the whole screen and starts with a full reset, so a window writes it like data; it may come again at any time, when
 * the window was too slow to follow.
 */
export const FRAME_HEADER_BYTES = 5;
/**
 * A sender stops at this many unacknowledged bytes on one channel: 10 to 40 ms of work for a window. An xterm parses for
 * 12 ms at a stretch and idles when it runs out before; a quarter of this costs throughput (`test/bench/ptyThroughput.ts`).
 */
export const HIGH_WATER_BYTES = 400_000;
/** A sender that has stopped goes on once no more than this many are outstanding. */
export const LOW_WATER_BYTES = 350_000;
/** A window acknowledges whenever it has processed this many. */
export const ACK_EVERY_BYTES = 5_000;

const kinds = { attach: 1, ack: 2, input: 3, detach: 4, attached: 17, replay: 18, data: 19, exit: 20, closed: 21 } as const;
export type FrameKind = keyof typeof kinds;
const kindNames = new Map<number, FrameKind>(Object.entries(kinds).map(([name, value]) => [value, name as FrameKind]));

export const attachPayload = z.object({
  terminalId: z.string().min(1).max(200),
  columns: z.int().min(2).max(1_000),
  rows: z.int().min(1).max(1_000),
});
export const attachedPayload = attachPayload.extend({
  title: z.string(),
  state: z.enum(['running', 'exited']),
  canInput: z.boolean(),
  reason: z.string().optional(),
});
export const exitPayload = z.object({ exitCode: z.int().nullable(), signal: z.int().nullable(), cause: z.string().optional() });
export const closedPayload = z.object({ reason: z.enum(['host_lost', 'host_unavailable', 'forgotten', 'not_found', 'bad_frame']) });

export type AttachPayload = z.infer<typeof attachPayload>;
export type AttachedPayload = z.infer<typeof attachedPayload>;
export type ExitPayload = z.infer<typeof exitPayload>;
export type ClosedPayload = z.infer<typeof closedPayload>;
export type ClosedReason = ClosedPayload['reason'];

/** What a window sends. */
export type WindowFrame = { channelId: number } & (
  | { kind: 'attach'; payload: AttachPayload }
  | { kind: 'ack'; processedBytes: number }
  | { kind: 'input'; bytes: Uint8Array }
  | { kind: 'detach' }
);
/** What a window receives. */
export type TerminalFrame = { channelId: number } & (
  | { kind: 'attached'; payload: AttachedPayload }
  | { kind: 'replay' | 'data'; bytes: Uint8Array }
  | { kind: 'exit'; payload: ExitPayload }
  | { kind: 'closed'; payload: ClosedPayload }
);
export type Frame = WindowFrame | TerminalFrame;

/** Writes a frame into memory of its own, so that it may be transferred. Does not throw. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const payload = toPayload(frame);
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  bytes[0] = kinds[frame.kind];
  writeChannelId(bytes, frame.channelId);
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
}

/** The kind of an encoded frame, null for bytes that are none. */
export function getFrameKind(bytes: Uint8Array): FrameKind | null {
  return bytes.length < FRAME_HEADER_BYTES ? null : kindNames.get(bytes[0] ?? 0) ?? null;
}

export function getChannelId(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(1, true);
}

/** Renumbers an encoded frame in place: all that a relay has to do. */
export function writeChannelId(bytes: Uint8Array, channelId: number): void {
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).setUint32(1, channelId, true);
}

/** Parses a frame from a window; `bytes` of an input are a view. @throws AppError bad_input */
export function parseWindowFrame(bytes: Uint8Array): WindowFrame {
  const channelId = channelIdOf(bytes);
  const payload = bytes.subarray(FRAME_HEADER_BYTES);
  const kind = getFrameKind(bytes);
  if (kind === 'attach') return { kind, channelId, payload: fromJson(attachPayload, payload) };
  if (kind === 'ack') return { kind, channelId, processedBytes: toCount(payload) };
  if (kind === 'input') return { kind, channelId, bytes: payload };
  if (kind === 'detach') return { kind, channelId };
  throw badFrame('not a frame that a window sends');
}

/** Parses a frame for a window; `bytes` of replay and data are a view. @throws AppError bad_input */
export function parseTerminalFrame(bytes: Uint8Array): TerminalFrame {
  const channelId = channelIdOf(bytes);
  const payload = bytes.subarray(FRAME_HEADER_BYTES);
  const kind = getFrameKind(bytes);
  if (kind === 'attached') return { kind, channelId, payload: fromJson(attachedPayload, payload) };
  if (kind === 'replay' || kind === 'data') return { kind, channelId, bytes: payload };
  if (kind === 'exit') return { kind, channelId, payload: fromJson(exitPayload, payload) };
  if (kind === 'closed') return { kind, channelId, payload: fromJson(closedPayload, payload) };
  throw badFrame('not a frame that a window receives');
}

function toPayload(frame: Frame): Uint8Array {
  switch (frame.kind) {
    case 'attach':
    case 'attached':
    case 'exit':
    case 'closed': return toAsciiJson(frame.payload);
    case 'ack': return fromCount(frame.processedBytes);
    case 'input':
    case 'replay':
    case 'data': return frame.bytes;
    case 'detach': return new Uint8Array(0);
  }
}

function toAsciiJson(value: unknown): Uint8Array {
  const escape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const text = JSON.stringify(value).replace(/[\u007f-\uffff]/g, escape);
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function fromJson<S extends z.ZodType>(schema: S, payload: Uint8Array): z.infer<S> {
  const text = Array.from(payload, (byte) => String.fromCharCode(byte)).join('');
  const result = schema.safeParse(parseJson(text));
  if (!result.success) throw badFrame(result.error.issues.map((issue) => issue.message).join('; '));
  return result.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badFrame('payload is not JSON', cause);
  }
}

function fromCount(count: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, count, true);
  return bytes;
}

function toCount(payload: Uint8Array): number {
  if (payload.length !== 4) throw badFrame('an ack holds four bytes');
  return new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0, true);
}

function channelIdOf(bytes: Uint8Array): number {
  if (bytes.length < FRAME_HEADER_BYTES) throw badFrame('shorter than its header');
  return getChannelId(bytes);
}

function badFrame(issue: string, cause?: unknown): AppError<'bad_input'> {
  return new AppError('bad_input', `terminal frame: ${issue}`, { issues: [issue] }, { cause });
}
