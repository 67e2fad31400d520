const BAR_LENGTH = 28;
const MIB = 1024 * 1024;

/** How far something is. Bytes; `totalBytes` null while it is not known. */
export interface Progress { name: string; doneBytes: number; totalBytes: number | null; bytesPerSecond?: number | undefined; etaMs?: number | null | undefined; note?: string | undefined }

/** One line with a bar: `model  [######------]  42 %  1.2 of 2.9 GiB  88.1 MiB/s  12 s left`. */
export function toProgressLine({ name, doneBytes, totalBytes, bytesPerSecond, etaMs, note }: Progress): string {
  const fraction = totalBytes === null || totalBytes === 0 ? 0 : Math.min(1, doneBytes / totalBytes);
  const parts = [
    name,
    toBar(fraction),
    totalBytes === null ? toSize(doneBytes) : `${toSize(doneBytes)} of ${toSize(totalBytes)}`,
    bytesPerSecond === undefined || bytesPerSecond === 0 ? '' : `${toSize(bytesPerSecond)}/s`,
    etaMs === undefined || etaMs === null ? '' : `${toSpan(etaMs)} left`,
    note ?? '',
  ];
  return parts.filter(Boolean).join('  ');
}

/** `[######------]   42 %`, of 1. */
export function toBar(fraction: number): string {
  const filled = Math.round(fraction * BAR_LENGTH);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_LENGTH - filled)}]  ${`${Math.floor(fraction * 100)} %`.padStart(5)}`;
}

/** `1.2 GiB`, binary units. */
export function toSize(bytes: number): string {
  if (bytes >= 1024 * MIB) return `${(bytes / (1024 * MIB)).toFixed(1)} GiB`;
  if (bytes >= MIB) return `${(bytes / MIB).toFixed(1)} MiB`;
  return bytes >= 1024 ? `${(bytes / 1024).toFixed(0)} KiB` : `${bytes} B`;
}

function toSpan(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Shows progress on the error stream: one line drawn over and over on a terminal, else a line a tenth of the way. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #lastStep: number | string = -1;
  #isShown = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  show(progress: Progress): void {
    const tenth = progress.totalBytes === null || progress.totalBytes === 0 ? 0 : Math.floor(progress.doneBytes / progress.totalBytes * 10);
    this.showText(toProgressLine(progress), tenth);
  }

  /** Where there is no terminal, once for each step. */
  showText(text: string, step: number | string): void {
    this.#isShown = true;
    if (this.#stream.isTTY) {
      this.#stream.write(`\r${text.slice(0, Math.max(20, this.#stream.columns - 1))}\u001B[K`);
      return;
    }
    if (step === this.#lastStep) return;
    this.#lastStep = step;
    this.#stream.write(`${text}\n`);
  }

  /** Leaves the last line standing. */
  end(): void {
    if (this.#isShown && this.#stream.isTTY) this.#stream.write('\n');
  }
}
