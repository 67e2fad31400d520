/** A shorter value would take ordinary words out of a log. */
const MIN_CHARACTERS = 8;
const REPLACEMENT = '[redacted]';

/** Text that comes in pieces, without secrets. */
export interface RedactedStream {
  /** What can be shown by now; what may be the beginning of a secret waits for the next piece. */
  write(piece: string): string;
  /** What waited. */
  end(): string;
}

/** Takes the values of secrets out of what is shown, exactly as they are; other spellings of them stay. */
export class SecretRedaction {
  readonly #values: readonly string[];

  constructor(values: readonly string[]) {
    // The longest first: one value may hold another one.
    this.#values = [...new Set(values)].filter((value) => value.length >= MIN_CHARACTERS).toSorted((a, b) => b.length - a.length);
  }

  redact(text: string): string {
    return this.#values.reduce((rest, value) => rest.replaceAll(value, REPLACEMENT), text);
  }

  stream(): RedactedStream {
    let waiting = '';
    return {
      write: (piece) => {
        const text = this.redact(waiting + piece);
        const from = text.length - this.#countBeginning(text);
        waiting = text.slice(from);
        return text.slice(0, from);
      },
      end: () => {
        const last = waiting;
        waiting = '';
        return last;
      },
    };
  }

  /** How many characters at the end of a text may be the beginning of a secret. */
  #countBeginning(text: string): number {
    const lengths = this.#values.map((value) => {
      for (let length = Math.min(value.length - 1, text.length); length > 0; length -= 1) {
        if (text.endsWith(value.slice(0, length))) return length;
      }
      return 0;
    });
    return Math.max(0, ...lengths);
  }
}

/** Shows everything. */
export const noSecrets = new SecretRedaction([]);
