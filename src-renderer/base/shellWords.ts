/** White space, a quoted stretch, an escaped sign, plain signs; what matches none of them is a quote or a backslash that stands alone. */
const PIECE = /(\s+)|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([^\s'"\\]+)|[^]/g;

/**
 * The words of a line as a shell would tell them apart: white space separates, quotes keep together, a backslash takes the next
 * sign as it is and ends no line. Nothing is expanded. Null while a quote is open.
 */
export function splitWords(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (const match of `${text}\n`.matchAll(PIECE)) {
    const piece = readPiece(match);
    if (piece === 'open') return null;
    if (piece === 'end' && word !== null) words.push(word);
    word = piece === 'end' ? null : `${word ?? ''}${piece.text}`;
  }
  return words;
}

function readPiece([, space, single, double, escaped, plain]: RegExpMatchArray): 'end' | 'open' | { text: string } {
  if (space !== undefined || escaped === '\n') return 'end';
  const text = single ?? double?.replace(/\\(["\\])/g, '$1') ?? escaped ?? plain;
  return text === undefined ? 'open' : { text };
}

/** The text that `splitWords` takes apart into these words: one line for each flag and its values. */
export function joinWords(words: readonly string[]): string {
  return words.map((word, index) => `${index === 0 ? '' : word.startsWith('-') ? '\n' : ' '}${quoteWord(word)}`).join('');
}

function quoteWord(word: string): string {
  return /^[^\s'"\\]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
