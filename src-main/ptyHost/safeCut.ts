/** Where a parser of terminal output stands after a byte; only in `ground` and between characters may it be cut. */
type State = 'ground' | 'escape' | 'sequence' | 'string';

const ESC = 0x1b;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
const LF = 0x0a;
const STRING_OPENERS = new Set(Array.from('PX]^_', (char) => char.charCodeAt(0)));
const isFinal = (byte: number): boolean => byte >= 0x40 && byte <= 0x7e;

const steps: Record<State, (byte: number) => State> = {
  ground: () => 'ground',
  escape: (byte) => {
    if (byte === 0x5b) return 'sequence';
    if (STRING_OPENERS.has(byte)) return 'string';
    return byte >= 0x30 && byte <= 0x7e ? 'ground' : 'escape';
  },
  sequence: (byte) => (isFinal(byte) ? 'ground' : 'sequence'),
  string: (byte) => (byte === BEL ? 'ground' : 'string'),
};

/**
 * Finds the largest length at which output that starts in the ground state may be cut: not inside an escape sequence,
 * a control string or a UTF-8 character. 0 when the whole is one unfinished thing. Does not throw.
 *
 * An escape begins anew whatever came before it, so only the last sequences have to be looked at.
 */
export function findSafeCut(bytes: Uint8Array): number {
  let end = bytes.length;
  for (;;) {
    const escape = end === 0 ? -1 : bytes.lastIndexOf(ESC, end - 1);
    if (escape < 0 || isWhole(bytes, escape, end)) return end === bytes.length ? end - unfinishedBytes(bytes) : end;
    end = escape;
  }
}

/** Whether the sequence that begins at the escape is over before `end`; no other escape stands between. */
function isWhole(bytes: Uint8Array, escape: number, end: number): boolean {
  let state: State = 'escape';
  for (let at = escape + 1; at < end; at += 1) {
    state = stateAfter(bytes[at] ?? 0, state);
    if (state === 'ground') return true;
  }
  return false;
}

/** How many bytes at the end begin a UTF-8 character that is not whole. */
function unfinishedBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < characterBytes(byte) ? back : 0;
  }
  return 0;
}

function characterBytes(lead: number): number {
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf8 ? 4 : 1;
}

function stateAfter(byte: number, state: State): State {
  return byte === CAN || byte === SUB ? 'ground' : steps[state](byte);
}

/** Finds where reading may begin in the middle of a stream: after the first line feed, else at an escape or a character. */
export function findResumePoint(bytes: Uint8Array): number {
  const lineFeed = bytes.indexOf(LF);
  if (lineFeed >= 0) return lineFeed + 1;
  const escape = bytes.indexOf(ESC);
  if (escape >= 0) return escape;
  const character = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return Math.max(0, character);
}
