import { StringDecoder } from 'node:string_decoder';
import { readLogParts, readRange, type LogPart } from './logFiles.ts';

const READ_BYTES = 256 * 1024;

/** Reads what was added to a log since the last time, across rotations. Does not throw for a log that is not there yet. */
export class LogFollower {
  readonly #path: string;
  readonly #maxBehindBytes: number;
  readonly #decoder = new StringDecoder('utf8');
  #inode: number | null = null;
  #atBytes: number;

  /** Starts at an offset of the current file. A follower that falls behind by more than `maxBehindBytes` skips ahead. */
  constructor({ path, fromBytes = 0, maxBehindBytes = Number.MAX_SAFE_INTEGER }: { path: string; fromBytes?: number; maxBehindBytes?: number }) {
    this.#path = path;
    this.#atBytes = fromBytes;
    this.#maxBehindBytes = maxBehindBytes;
  }

  /** The next text, at most 256 KiB; empty where nothing is new. */
  async read(): Promise<string> {
    const part = await this.#findPart();
    if (part === null) return '';
    this.#inode = part.inode;
    this.#atBytes = Math.max(this.#atBytes, part.sizeBytes - this.#maxBehindBytes);
    const bytes = await readRange(part.path, this.#atBytes, Math.min(READ_BYTES, Math.max(0, part.sizeBytes - this.#atBytes)));
    this.#atBytes += bytes?.length ?? 0;
    return this.#decoder.write(bytes ?? Buffer.alloc(0));
  }

  /** The file that was being read while it has more, else the next newer one. */
  async #findPart(): Promise<LogPart | null> {
    const parts = await readLogParts(this.#path);
    const index = parts.findIndex(({ inode }) => inode === this.#inode);
    const known = parts[index];
    if (known !== undefined && (known.sizeBytes > this.#atBytes || index === parts.length - 1)) return known;
    if (this.#inode === null) return parts.at(-1) ?? null;
    this.#atBytes = 0;
    return parts[index + 1] ?? null;
  }
}
