const SMOOTHED_OVER_MS = 4_000;
const STEP_MS = 250;

/** Smooths the rate at which bytes come: recent ones count more, and a lull shows within seconds. */
export class ProgressMeter {
  #rate = 0;
  #waitingBytes = 0;
  #sinceMs: number | null = null;

  add(bytes: number, nowMs: number): void {
    this.#sinceMs ??= nowMs;
    this.#waitingBytes += bytes;
    const passedMs = nowMs - this.#sinceMs;
    if (passedMs < STEP_MS) return;
    const weight = this.#rate === 0 ? 1 : 1 - Math.exp(-passedMs / SMOOTHED_OVER_MS);
    this.#rate += weight * ((this.#waitingBytes * 1_000) / passedMs - this.#rate);
    this.#waitingBytes = 0;
    this.#sinceMs = nowMs;
  }

  reset(): void {
    this.#rate = 0;
    this.#waitingBytes = 0;
    this.#sinceMs = null;
  }

  get bytesPerSecond(): number {
    return Math.round(this.#rate);
  }

  /** Null while nothing comes. */
  estimateMs(remainingBytes: number): number | null {
    return this.#rate < 1 ? null : Math.round((remainingBytes * 1_000) / this.#rate);
  }
}
