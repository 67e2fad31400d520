import type { InstanceStage } from '#contract/instances.ts';
import { LogFollower, toPlainText } from '../runs/index.ts';

const STAGE = /^::wh stage (\S+) (\d+)\/(\d+) (.+)$/;
/** Output that floods faster than this is skipped: what is looked for stands in quiet output. */
const MAX_BEHIND_BYTES = 2 * 1024 * 1024;
const MAX_REST_CHARACTERS = 16 * 1024;

/** The stage that a line announces, or null. */
export function parseStageLine(line: string): InstanceStage | null {
  const [, id, index, count, title] = STAGE.exec(line.trimEnd()) ?? [];
  if (id === undefined || index === undefined || count === undefined || title === undefined) return null;
  return { id: id.slice(0, 60), index: Number(index), count: Number(count), title: title.trim().slice(0, 200) };
}

/** Reads a run's output as it is written: the stage that it announces, and whether it has matched the readiness pattern. */
export class OutputWatch {
  readonly #follower: LogFollower;
  readonly #pattern: RegExp | null;
  #rest = '';
  #stage: InstanceStage | null = null;
  #hasMatched = false;

  constructor({ logPath, pattern }: { logPath: string; pattern: string | null }) {
    this.#follower = new LogFollower({ path: logPath, maxBehindBytes: MAX_BEHIND_BYTES });
    this.#pattern = pattern === null ? null : new RegExp(pattern, 'm');
  }

  get stage(): InstanceStage | null {
    return this.#stage;
  }

  get hasMatched(): boolean {
    return this.#hasMatched;
  }

  /** Takes in what is new. */
  async read(): Promise<void> {
    const lines = (this.#rest + await this.#follower.read()).split(/\r?\n/);
    this.#rest = (lines.pop() ?? '').slice(-MAX_REST_CHARACTERS);
    for (const line of lines) this.#take(line);
    if (this.#pattern?.test(toPlainText(this.#rest)) === true) this.#hasMatched = true;
  }

  #take(line: string): void {
    this.#stage = parseStageLine(line) ?? this.#stage;
    if (!this.#hasMatched && this.#pattern?.test(toPlainText(line)) === true) this.#hasMatched = true;
  }
}
