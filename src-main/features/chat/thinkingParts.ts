import type { ChatPart } from './chatModel.ts';

const OPEN = '<think>';
const CLOSE = '</think>';

/**
 * Takes thoughts out of answers of models whose engine leaves them in the text: what stands between `<think>` at the
 * very beginning and `</think>`. A marker that arrives in pieces is held back until it is whole.
 */
export async function* separateThinking(parts: AsyncIterable<ChatPart>): AsyncGenerator<ChatPart, void, void> {
  const splitter = new ThinkSplitter();
  for await (const part of parts) {
    if (part.kind !== 'delta' || part.content === undefined) {
      if (part.kind !== 'delta') yield* splitter.flush();
      yield part;
      continue;
    }
    const { content, ...rest } = part;
    const split = splitter.push(content);
    yield { ...rest, content: split.content, thinking: (part.thinking ?? '') + split.thinking };
  }
  yield* splitter.flush();
}

class ThinkSplitter {
  #state: 'beginning' | 'thinking' | 'after' | 'answer' = 'beginning';
  #held = '';

  push(text: string): { content: string; thinking: string } {
    const all = this.#held + text;
    this.#held = '';
    switch (this.#state) {
      case 'beginning': return this.#begin(all);
      case 'thinking': return this.#think(all);
      case 'after': return this.#answer(all);
      case 'answer': return { content: all, thinking: '' };
    }
  }

  *flush(): Generator<ChatPart, void, void> {
    const text = this.#held;
    this.#held = '';
    if (text === '') return;
    yield this.#state === 'thinking' ? { kind: 'delta', thinking: text } : { kind: 'delta', content: text };
  }

  #begin(all: string): { content: string; thinking: string } {
    const text = all.trimStart();
    if (text.startsWith(OPEN)) {
      this.#state = 'thinking';
      return this.#think(text.slice(OPEN.length).replace(/^\n/, ''));
    }
    if (OPEN.startsWith(text)) {
      this.#held = all;
      return { content: '', thinking: '' };
    }
    this.#state = 'answer';
    return { content: all, thinking: '' };
  }

  #think(all: string): { content: string; thinking: string } {
    const end = all.indexOf(CLOSE);
    if (end >= 0) {
      this.#state = 'after';
      return { content: this.#answer(all.slice(end + CLOSE.length)).content, thinking: all.slice(0, end) };
    }
    const keep = countHeld(all);
    this.#held = all.slice(all.length - keep);
    return { content: '', thinking: all.slice(0, all.length - keep) };
  }

  /** The blank lines between the thoughts and the answer are nobody's. */
  #answer(all: string): { content: string; thinking: string } {
    const text = all.trimStart();
    if (text !== '') this.#state = 'answer';
    return { content: text, thinking: '' };
  }
}

/** How much of the end could be the beginning of the closing marker. */
function countHeld(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length -= 1) if (CLOSE.startsWith(text.slice(-length))) return length;
  return 0;
}
