import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Clock } from '../../base/clock.ts';

const execute = promisify(execFile);

/** What the last run gave. `text` is the last good output, `atMs` when it came; `isMissing`: there is no such program. */
export interface CommandState { readonly text: string | null; readonly atMs: number; readonly isMissing: boolean; readonly reason: string | null; readonly isRunning: boolean }

/** Runs a slow program at most once in so long and never twice at once; whoever asks gets the last output without waiting. */
export class PacedCommand {
  readonly #options: { command: string; args: readonly string[]; everyMs: number; timeoutMs: number; clock: Clock };
  #state: CommandState = { text: null, atMs: 0, isMissing: false, reason: null, isRunning: false };
  #startedAtMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | null = null;

  constructor(options: { command: string; args: readonly string[]; everyMs: number; timeoutMs: number; clock: Clock }) {
    this.#options = options;
  }

  /** The last output; waits for the first one up to `waitMs`. Does not reject. */
  async read(waitMs: number): Promise<CommandState> {
    const { clock, everyMs } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#running === null && nowMs - this.#startedAtMs >= everyMs) {
      this.#startedAtMs = nowMs;
      this.#running = this.#run().finally(() => { this.#running = null; });
    }
    if (this.#state.text === null && this.#running !== null) await this.#waitFor(this.#running, waitMs);
    return { ...this.#state, isRunning: this.#running !== null };
  }

  #waitFor(running: Promise<void>, waitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.#options.clock.after(waitMs, () => { resolve(undefined); });
    return Promise.race([running, promise]).finally(cancel);
  }

  async #run(): Promise<void> {
    const { command, args, timeoutMs, clock } = this.#options;
    try {
      const { stdout } = await execute(command, [...args], { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 8_000_000, windowsHide: true });
      this.#state = { text: stdout, atMs: clock.monotonicMs(), isMissing: false, reason: null, isRunning: false };
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      this.#state = { ...this.#state, isMissing, reason: error instanceof Error ? error.message : 'the program failed' };
    }
  }
}
