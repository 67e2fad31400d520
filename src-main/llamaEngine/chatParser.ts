import type { ChatFormat } from './chatFormat.ts';
import { readCalls } from './toolCallText.ts';

/** One piece of an answer. A tool call comes whole. */
export type ChatDelta =
  | { readonly kind: 'content'; readonly text: string }
  | { readonly kind: 'reasoning'; readonly text: string }
  | { readonly kind: 'tool_call'; readonly name: string; readonly arguments: string };

type Mode = 'content' | 'reasoning' | 'call';

/** Tells the thoughts and tool calls of an answer from its text, piece by piece; what may become a mark is held back. */
export class ChatParser {
  readonly #format: ChatFormat;
  readonly #hasTools: boolean;
  #mode: Mode;
  #held = '';
  /** Blank lines after a mark belong to it. */
  #isTrimming = true;
  #hasSaid = false;

  constructor(format: ChatFormat, { hasTools, isThinking }: { hasTools: boolean; isThinking: boolean }) {
    this.#format = format;
    this.#hasTools = hasTools;
    this.#mode = isThinking ? 'reasoning' : 'content';
  }

  take(piece: string): ChatDelta[] {
    this.#held += piece;
    const deltas: ChatDelta[] = [];
    for (let isMoving = true; isMoving;) isMoving = this.#step(deltas);
    return deltas;
  }

  /** The rest, when the answer has ended. */
  flush(): ChatDelta[] {
    const text = this.#held;
    this.#held = '';
    if (this.#mode !== 'call') return this.#say(text);
    const { call } = this.#format;
    return readCalls(text, call) ?? this.#say(call.open + text, 'content');
  }

  /** Works off one mark; false when more text is needed. */
  #step(deltas: ChatDelta[]): boolean {
    const { mark, next } = this.#findMark();
    if (!mark) {
      deltas.push(...this.#release());
      return false;
    }
    const before = this.#held.slice(0, mark.index);
    this.#held = this.#held.slice(mark.index + mark.text.length);
    if (this.#mode === 'call') deltas.push(...readCalls(before, this.#format.call) ?? this.#say(this.#format.call.open + before + mark.text, 'content'));
    else deltas.push(...this.#say(before.trimEnd()));
    this.#mode = next;
    this.#isTrimming = true;
    return true;
  }

  #findMark(): { mark: { index: number; text: string } | null; next: Mode } {
    const marks = this.#listMarks().map((one) => ({ ...one, index: this.#held.indexOf(one.text) })).filter(({ index }) => index >= 0);
    const [first] = marks.toSorted((a, b) => a.index - b.index);
    return { mark: first ?? null, next: first?.next ?? this.#mode };
  }

  /** The marks that mean something now. A thought opens at the beginning only. */
  #listMarks(): { text: string; next: Mode }[] {
    const { thought, call } = this.#format;
    if (this.#mode === 'reasoning') return [{ text: thought.close, next: 'content' }];
    if (this.#mode === 'call') return call.close === '' ? [] : [{ text: call.close, next: 'content' }];
    return [
      ...(this.#hasSaid ? [] : [{ text: thought.open, next: 'reasoning' as const }]),
      ...(this.#hasTools && call.open !== '' ? [{ text: call.open, next: 'call' as const }] : []),
    ];
  }

  /** Lets out what cannot be the beginning of a mark. */
  #release(): ChatDelta[] {
    if (this.#mode === 'call') return [];
    const keep = Math.max(0, ...this.#listMarks().map(({ text }) => overlap(this.#held, text)));
    const text = this.#held.slice(0, this.#held.length - keep);
    const blank = this.#hasTools || this.#mode === 'reasoning' ? /\s*$/.exec(text)?.[0].length ?? 0 : 0;
    const out = text.slice(0, text.length - blank);
    this.#held = this.#held.slice(out.length);
    return this.#say(out);
  }

  #say(text: string, kind: 'content' | 'reasoning' = this.#mode === 'reasoning' ? 'reasoning' : 'content'): ChatDelta[] {
    const said = this.#isTrimming ? text.trimStart() : text;
    if (said === '') return [];
    this.#isTrimming = false;
    if (kind === 'content') this.#hasSaid = true;
    return [{ kind, text: said }];
  }
}

/** How many characters at the end of `text` are the beginning of `mark`. */
function overlap(text: string, mark: string): number {
  for (let length = Math.min(text.length, mark.length - 1); length > 0; length -= 1) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}
