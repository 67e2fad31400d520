/** Deeper than any schema or tool call; what is passed on must be written as JSON again, which takes a stack. */
const MOST_DEPTH = 256;
/** Far more than any request needs: pictures are one value each, and a prompt as tokens is one value a token. */
const MOST_OBJECTS = 100_000;
const MOST_NAMES = 100_000;
const MOST_VALUES = 1_000_000;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENS = new Set<number | undefined>([0x5b, 0x7b]);
const CLOSES = new Set<number | undefined>([0x5d, 0x7d]);
const [COMMA, COLON] = [0x2c, 0x3a];

/**
 * Whether bytes of JSON can be parsed within moments. A body may be large, because pictures are text in it, but 30 MB of
 * nothing but brackets take more than ten seconds, in which nobody else is answered. Says nothing of whether they are valid.
 */
export function isBoundedJson(bytes: Uint8Array): boolean {
  let [depth, objectCount, nameCount, valueCount] = [0, 0, 0, 0];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = findStringEnd(bytes, at + 1);
    else if (byte === COMMA) valueCount += 1;
    else if (byte === COLON) nameCount += 1;
    else if (CLOSES.has(byte)) depth -= 1;
    else if (OPENS.has(byte)) {
      depth += 1;
      objectCount += 1;
      if (depth > MOST_DEPTH) return false;
    }
  }
  return objectCount <= MOST_OBJECTS && nameCount <= MOST_NAMES && valueCount <= MOST_VALUES;
}

/** Where the quote is that ends a string; behind the last byte when there is none. */
function findStringEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
