/** Lines beyond this are dropped from the front, as a terminal does. */
const MAX_LINES = 200_000;
/** A longer line is cut where it is shown; copying a selection of it copies what is shown. */
const MAX_LINE_CHARACTERS = 10_000;

/** A log as lines, fed by pieces of text that end anywhere. */
export class LogLines {
  readonly #lines: string[] = [];
  #open = '';
  #droppedCount = 0;
  #longest = 0;

  /** How many lines there are, the one that has not ended yet too. */
  get count(): number {
    return this.#lines.length + (this.#open === '' ? 0 : 1);
  }

  /** Lines that were dropped from the front. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** Characters of the longest line so far. */
  get longest(): number {
    return this.#longest;
  }

  at(index: number): string {
    return this.#lines[index] ?? (index === this.#lines.length ? toShown(this.#open) : '');
  }

  append(text: string): void {
    const [first = '', ...rest] = text.split('\n');
    this.#open += first;
    for (const next of rest) {
      this.#push(toShown(this.#open));
      this.#open = next;
    }
    this.#longest = Math.max(this.#longest, Math.min(this.#open.length, MAX_LINE_CHARACTERS));
    if (this.#lines.length > MAX_LINES) this.#droppedCount += this.#lines.splice(0, this.#lines.length - MAX_LINES).length;
  }

  /** The line that holds a text, counted from the end: 0 is the last such line. -1 when there are not so many. */
  findFromEnd(text: string, skip: number): number {
    let left = skip;
    for (let index = this.count - 1; index >= 0; index -= 1) {
      if (this.at(index) !== text) continue;
      if (left === 0) return index;
      left -= 1;
    }
    return -1;
  }

  toText(): string {
    return Array.from({ length: this.count }, (_, index) => this.at(index)).join('\n');
  }

  #push(line: string): void {
    this.#lines.push(line);
    this.#longest = Math.max(this.#longest, line.length);
  }
}

/** What a terminal would leave of a line: what follows the last carriage return. */
function toShown(line: string): string {
  const shown = line.replace(/\r+$/, '');
  const kept = shown.slice(shown.lastIndexOf('\r') + 1);
  return kept.length > MAX_LINE_CHARACTERS ? `${kept.slice(0, MAX_LINE_CHARACTERS)}…` : kept;
}
