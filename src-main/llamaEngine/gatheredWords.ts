/** The data of an event, and of how many pieces of an answer it is made. */
export interface GatheredEvent { readonly data: object; readonly pieceCount: number }

/** Words that wait for the next write: those of one source that come after each other become one event. */
export class GatheredWords {
  #gathered: { readonly source: string; readonly toData: (words: string) => object; words: string; pieceCount: number } | null = null;

  /** Keeps a piece. The event that has to go before it, null where it joins what is kept. */
  add(source: string, words: string, toData: (words: string) => object): GatheredEvent | null {
    if (this.#gathered?.source === source) {
      this.#gathered.words += words;
      this.#gathered.pieceCount += 1;
      return null;
    }
    const before = this.take();
    this.#gathered = { source, toData, words, pieceCount: 1 };
    return before;
  }

  /** Hands over what is kept; null when there is nothing. */
  take(): GatheredEvent | null {
    if (this.#gathered === null) return null;
    const { toData, words, pieceCount } = this.#gathered;
    this.#gathered = null;
    return { data: toData(words), pieceCount };
  }
}
