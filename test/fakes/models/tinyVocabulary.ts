const kinds = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;

/** Splits text into word pieces that are unique in the vocabulary; a word that came before is glued to the next. */
type TakePieces = (text: string) => readonly number[];

/** A SentencePiece-like vocabulary: 256 bytes, a few special tokens, and whole pieces of what the model says. */
export interface TinyVocabulary {
  readonly tokens: readonly string[];
  readonly kinds: readonly number[];
  readonly scores: readonly number[];
  readonly special: { readonly unknown: number; readonly begin: number; readonly end: number; readonly turnStart: number; readonly turnEnd: number; readonly space: number };
  readonly answer: readonly number[];
  readonly otherAnswer: readonly number[];
  readonly byteToken: (character: string) => number;
}

export function createTinyVocabulary(answerText: string, otherAnswerText: string): TinyVocabulary {
  const tokens: string[] = [];
  const tokenKinds: number[] = [];
  const scores: number[] = [];
  const add = (text: string, kind: keyof typeof kinds, score = 0): number => {
    tokens.push(text);
    tokenKinds.push(kinds[kind]);
    scores.push(score);
    return tokens.length - 1;
  };
  const unknown = add('<unk>', 'unknown');
  const begin = add('<s>', 'control');
  const end = add('</s>', 'control');
  const firstByte = tokens.length;
  for (let byte = 0; byte < 256; byte += 1) add(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, 'byte');
  const space = add('\u2581', 'normal', -1);
  const turnStart = add('<|im_start|>', 'control');
  const turnEnd = add('<|im_end|>', 'control');
  const takePieces: TakePieces = (text) => splitUnique(text, new Set(tokens)).map((piece) => add(piece, 'normal', -1_000));
  return {
    tokens, kinds: tokenKinds, scores,
    special: { unknown, begin, end, turnStart, turnEnd, space },
    answer: takePieces(answerText),
    otherAnswer: takePieces(otherAnswerText),
    byteToken: (character) => firstByte + character.charCodeAt(0),
  };
}

function splitUnique(text: string, taken: Set<string>): string[] {
  const pieces: string[] = [];
  let pending = '';
  for (const word of text.match(/\s*\S+/g) ?? []) {
    pending += word.replaceAll(' ', '\u2581');
    if (taken.has(pending)) continue;
    taken.add(pending);
    pieces.push(pending);
    pending = '';
  }
  if (pending !== '') throw new Error(`the end of the text cannot be a piece of its own: ${pending}`);
  return pieces;
}
