import type { ReactNode } from 'react';

/** A text in which every occurrence of another one is marked; capitals do not count. */
export function MarkedText({ text, marked }: { text: string; marked: string }): ReactNode {
  if (marked === '') return text;
  return splitAt(text, marked).map(({ part, isMarked, at }) => (isMarked ? <mark key={at} className="rounded-sm bg-changed text-text">{part}</mark> : part));
}

function splitAt(text: string, marked: string): { part: string; isMarked: boolean; at: number }[] {
  const parts: { part: string; isMarked: boolean; at: number }[] = [];
  const [lowText, lowMarked] = [text.toLowerCase(), marked.toLowerCase()];
  let from = 0;
  for (let at = lowText.indexOf(lowMarked); at >= 0; at = lowText.indexOf(lowMarked, from)) {
    parts.push({ part: text.slice(from, at), isMarked: false, at: from }, { part: text.slice(at, at + marked.length), isMarked: true, at });
    from = at + marked.length;
  }
  return [...parts, { part: text.slice(from), isMarked: false, at: from }];
}
