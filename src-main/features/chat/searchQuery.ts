/**
 * Turns what a person typed into an FTS5 query that finds all of the words, the last one also as a beginning. Every word
 * is quoted, so that nothing in it is an operator. Null when there is no word.
 */
export function toSearchQuery(text: string): string | null {
  const words = text.split(/[\s\p{Cc}]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).map((word) => `"${word.replaceAll('"', '""')}"`);
  return words.length === 0 ? null : `${words.join(' ')} *`;
}
