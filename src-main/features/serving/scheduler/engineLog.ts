const KEPT_LINES = 200;

/** The last lines that the engines of one model printed, across its loads. */
export class EngineLog {
  readonly #lines: string[] = [];

  get lines(): readonly string[] {
    return this.#lines.slice(-KEPT_LINES);
  }

  add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length >= 2 * KEPT_LINES) this.#lines.splice(0, KEPT_LINES);
  }
}
