import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

const MOST_ERROR_TEXT = 4_000;

/** One `nvidia-smi … -l 1` that is read line by line. */
export class NvidiaSmiLoop {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #text = '';

  constructor({ command, args, onLine, onEnd }: { command: string; args: readonly string[]; onLine: (line: string) => void; onEnd: (end: { isMissing: boolean; text: string }) => void }) {
    this.#child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    let isMissing = false;
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      onEnd({ isMissing, text: this.#text.trim() });
    };
    this.#child.on('error', (error) => { isMissing = 'code' in error && error.code === 'ENOENT'; this.#text += error.message; end(); });
    this.#child.on('close', end);
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => { this.#keep(text); });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      if (line.trim() !== '' && !isOver) onLine(line);
    });
    this.#child.unref();
  }

  /** What was printed and is no reading, for the reason of the end. */
  keepWords(line: string): void {
    this.#keep(`${line}\n`);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }

  #keep(text: string): void {
    this.#text = (this.#text + text).slice(-MOST_ERROR_TEXT);
  }
}
