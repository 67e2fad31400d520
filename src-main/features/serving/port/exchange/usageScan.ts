import type { ExchangeUsage } from './exchange.ts';

/** What llama-server must say of each of its answers, so that it can be counted. */
export const COUNTED_FIELDS = ['index', 'tokens_predicted', 'tokens_evaluated', 'timings'] as const;

/** As they stand in JSON; within a text the quotes have a backslash before them. */
const FIGURE = /"(index|tokens_evaluated|tokens_predicted|cache_n|prompt_tokens|completion_tokens|cached_tokens)":\s*(\d+)/g;
/** No name with its colon is longer; one that was cut is looked at again with what follows. */
const LONGEST_NAME = 32;

type Figures = Map<string, number>;

/**
 * Finds what was used in an answer that passes by, wherever it stands: OpenAI's `usage`, or llama-server's own names, which
 * stand before the prompt, said again in full, and for each of several prompts apart.
 */
export class UsageScan {
  readonly #decoder = new TextDecoder('latin1');
  readonly #usage: Figures = new Map();
  readonly #answers = new Map<number, Figures>();
  #answer = 0;
  #rest = '';

  read(bytes: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(bytes);
    let begun = Math.max(0, text.length - LONGEST_NAME);
    for (const { 0: figure, 1: name = '', 2: amount = '', index } of text.matchAll(FIGURE)) {
      this.#note(name, Number(amount));
      const end = index + figure.length;
      // A number that ends with the piece may go on in the next.
      begun = end === text.length ? index : Math.max(begun, end);
    }
    this.#rest = text.slice(begun);
  }

  toUsage(): ExchangeUsage {
    const sum = (name: string): number => this.#answers.values().reduce((total, figures) => total + (figures.get(name) ?? 0), 0);
    return {
      promptTokens: this.#usage.get('prompt_tokens') ?? sum('tokens_evaluated'),
      completionTokens: this.#usage.get('completion_tokens') ?? sum('tokens_predicted'),
      cachedTokens: this.#usage.get('cached_tokens') ?? sum('cache_n'),
    };
  }

  #note(name: string, amount: number): void {
    if (name === 'index') { this.#answer = amount; return; }
    if (name.endsWith('_tokens')) { this.#usage.set(name, amount); return; }
    const figures = this.#answers.get(this.#answer) ?? new Map<string, number>();
    this.#answers.set(this.#answer, figures.set(name, amount));
  }
}
