import type { LlamaModel, Token } from 'node-llama-cpp';

const REPLACEMENT = '\u{fffd}';
/** A character of UTF-8 has at most four bytes, and a token at least one. */
const MOST_HELD = 4;
const LOOK_BACK = 8;

/** Turns tokens into text as they come; the bytes of one character that are in several tokens wait for each other. */
export class TextPieces {
  readonly #model: LlamaModel;
  readonly #held: Token[] = [];
  readonly #hasSpecialText: boolean;
  #before: Token[];

  constructor(model: LlamaModel, promptTokens: readonly Token[], hasSpecialText: boolean) {
    this.#hasSpecialText = hasSpecialText;
    this.#model = model;
    this.#before = promptTokens.slice(-LOOK_BACK);
  }

  take(token: Token): string {
    this.#held.push(token);
    const text = this.#model.detokenize(this.#held, this.#hasSpecialText, this.#before);
    return text.endsWith(REPLACEMENT) && this.#held.length < MOST_HELD ? '' : this.#release(text);
  }

  /** The rest, at the end. */
  flush(): string {
    return this.#held.length === 0 ? '' : this.#release(this.#model.detokenize(this.#held, this.#hasSpecialText, this.#before));
  }

  #release(text: string): string {
    this.#before = [...this.#before, ...this.#held].slice(-LOOK_BACK);
    this.#held.length = 0;
    return text;
  }
}
