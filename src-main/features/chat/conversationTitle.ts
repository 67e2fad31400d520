const MAX_LENGTH = 60;

/** A title from the first question: its first line of words, cut between two of them. Empty for no words. */
export function toTitle(question: string): string {
  const line = question.split('\n').map((text) => text.replace(/^[#>*\-\s`]+/, '').trim()).find((text) => text !== '') ?? '';
  const plain = line.replaceAll(/[*_`]/g, '').replaceAll(/\s+/g, ' ').trim();
  if (plain.length <= MAX_LENGTH) return plain;
  const cut = plain.slice(0, MAX_LENGTH);
  const atWord = cut.lastIndexOf(' ');
  return `${cut.slice(0, atWord > MAX_LENGTH / 2 ? atWord : MAX_LENGTH).trimEnd()}…`;
}
