/** A string as JSON writes it, without the quotes. */
const JSON_WORDS = /^(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[\da-fA-F]{4})+$/u;

/**
 * Recognises pieces that differ from the one before in nothing but their words, as nearly all pieces of an answer do, so
 * that they need not be read as JSON. Words stay as JSON writes them, without the quotes.
 */
export class RepeatedPiece {
  readonly #field: string;
  #frame: { readonly before: string; readonly after: string } | null = null;

  /** `field`: the name of the field that holds the words. */
  constructor(field: 'content' | 'text') {
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
export function splitAround(text: string, field: string, words: string): { before: string; after: string } | null {
  const name = new RegExp(`"${field}"\\s*:\\s*`, 'g');
  const [found, another] = text.matchAll(name);
  if (found === undefined) return null;
  const start = found.index + found[0].length + 1;
  const end = start + words.length;
  return another === undefined && text.startsWith(`"${words}"`, start - 1) ? { before: text.slice(0, start), after: text.slice(end) } : null;
}
