/** A string as JSON writes it, without the quotes. */
const JSON_WORDS = /^(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[\da-fA-F]{4})+$/u;

/** The field that holds the words. */
export type WordsField = 'content' | 'text';

/**
 * Recognises pieces that differ from the one before in nothing but their words, as nearly all pieces of an answer do, so
 * that they need not be read as JSON. Words stay as JSON writes them, without the quotes.
 */
export class RepeatedPiece {
  readonly #field: WordsField;
  #frame: { readonly before: string; readonly after: string } | null = null;

  /** `field`: the name of the field that holds the words. */
  constructor(field: WordsField) {
    this.#field = field;
  }

  /** Takes a piece as the one to compare with; `words` are what it says, null when it says other things too. */
  learn(text: string, words: string | null): void {
    this.#frame = words === null ? null : splitAround(text, this.#field, JSON.stringify(words).slice(1, -1));
  }

  /** The words of a piece that is like the one before; null for any other. */
  match(text: string): string | null {
    if (this.#frame === null) return null;
    const { before, after } = this.#frame;
    if (text.length <= before.length + after.length || !text.startsWith(before) || !text.endsWith(after)) return null;
    const words = text.slice(before.length, text.length - after.length);
    return JSON_WORDS.test(words) ? words : null;
  }
}

/** What stands around the words of a field; null when they do not stand there exactly once, written like this. */
export function splitAround(text: string, field: WordsField, words: string): { before: string; after: string } | null {
  const quote = findValue(text, field, 0);
  if (quote < 0 || findValue(text, field, quote) >= 0 || !text.startsWith(`"${words}"`, quote)) return null;
  return { before: text.slice(0, quote + 1), after: text.slice(quote + 1 + words.length) };
}

const COLON = /\s*:\s*/y;

/** Where the value of a field begins, looked for from a place on; negative when there is none. */
function findValue(text: string, field: WordsField, from: number): number {
  const name = `"${field}"`;
  let at = text.indexOf(name, from);
  while (at >= 0) {
    const behind = at + name.length;
    COLON.lastIndex = behind;
    if (COLON.test(text)) return COLON.lastIndex;
    at = text.indexOf(name, behind);
  }
  return -1;
}
