import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** One sequence of the context, in one request's hands. Release it once. */
export interface Slot {
  readonly index: number;
  readonly sequence: LlamaContextSequence;
  release(): void;
}

interface Entry { readonly index: number; readonly sequence: LlamaContextSequence; isBusy: boolean; usedAt: number }
interface Waiter { readonly tokens: readonly Token[]; readonly take: (slot: Slot) => void }

/** Hands the sequences of a context out, first come first served; each time the free one that knows most of the prompt. */
export class SlotPool {
  readonly #entries: readonly Entry[];
  readonly #waiters: Waiter[] = [];
  #turns = 0;

  constructor(sequences: readonly LlamaContextSequence[]) {
    this.#entries = sequences.map((sequence, index) => ({ index, sequence, isBusy: false, usedAt: 0 }));
  }

  /** The state of each slot, in order. */
  list(): { index: number; isBusy: boolean; contextTokens: number; usedTokens: number }[] {
    return this.#entries.map(({ index, sequence, isBusy }) => ({ index, isBusy, contextTokens: sequence.contextSize, usedTokens: sequence.nextTokenIndex }));
  }

  /** Waits for a slot. @throws the signal's reason */
  async acquire(tokens: readonly Token[], signal: AbortSignal): Promise<Slot> {
    signal.throwIfAborted();
    const entry = this.#choose(tokens);
    if (entry) return this.#lend(entry);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      const waiter: Waiter = {
        tokens,
        take: (slot) => {
          signal.removeEventListener('abort', leave);
          resolve(slot);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiters.push(waiter);
    });
  }

  /**
   * What is known of the prompt counts for a slot, half of what would be lost against it, so that a short common
   * beginning does not cost another conversation its place. Among equals, the one that was used longest ago.
   */
  #choose(tokens: readonly Token[]): Entry | undefined {
    return this.#entries
      .filter(({ isBusy }) => !isBusy)
      .map((entry) => ({ entry, value: toValue(entry.sequence, tokens) }))
      .toSorted((a, b) => b.value - a.value || a.entry.usedAt - b.entry.usedAt)[0]?.entry;
  }

  #lend(entry: Entry): Slot {
    entry.isBusy = true;
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      entry.isBusy = false;
      entry.usedAt = this.#turns += 1;
      this.#serveNext();
    };
    return { index: entry.index, sequence: entry.sequence, release };
  }

  #serveNext(): void {
    const waiter = this.#waiters.shift();
    const entry = waiter && this.#choose(waiter.tokens);
    if (entry) waiter.take(this.#lend(entry));
  }
}

function toValue(sequence: LlamaContextSequence, tokens: readonly Token[]): number {
  const known = sequence.compareContextTokens([...tokens]).firstDifferentIndex;
  return known - (sequence.nextTokenIndex - known) / 2;
}
