/** Where a parser of terminal output stands after a byte; only in `ground` and between characters may it be cut. */
type State = 'ground' | 'escape' | 'sequence' | 'string';

const ESC = 0x1b;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
const LF = 0x0a;
const STRING_OPENERS = new Set([...'PX]^_'].map((char) => char.charCodeAt(0)));
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
 */
export function findSafeCut(bytes: Uint8Array): number {
  let state: State = 'ground';
  let safe = 0;
  let missing = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    state = stateAfter(byte, state);
    missing = byte < 0x80 ? 0 : missingAfter(byte, missing);
    if (state === 'ground' && missing === 0) safe = at + 1;
  }
  return safe;
}

function stateAfter(byte: number, state: State): State {
  if (byte === ESC) return 'escape';
  return byte === CAN || byte === SUB ? 'ground' : steps[state](byte);
}

/** How many continuation bytes a UTF-8 character still lacks after this byte; a broken character lacks none. */
function missingAfter(byte: number, missing: number): number {
  if (byte < 0xc0) return Math.max(0, missing - 1);
  if (byte < 0xe0) return 1;
  if (byte < 0xf0) return 2;
  return byte < 0xf8 ? 3 : 0;
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
