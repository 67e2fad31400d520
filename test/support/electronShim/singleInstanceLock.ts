import { mkdirSync, openSync, readFileSync, readdirSync, rmSync, watch, writeFileSync, closeSync, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

interface SecondInstance { argv: string[]; workingDirectory: string; additionalData: unknown }

/** One process per user data folder: a lock file with the owner's pid, and a folder where later starts leave a note. */
export class SingleInstanceLock {
  readonly #lockPath: string;
  readonly #notesPath: string;
  readonly #onSecondInstance: (second: SecondInstance) => void;
  #watcher: FSWatcher | null = null;

  constructor(userDataPath: string, onSecondInstance: (second: SecondInstance) => void) {
    this.#lockPath = join(userDataPath, 'singleton.lock');
    this.#notesPath = join(userDataPath, 'singleton.notes');
    this.#onSecondInstance = onSecondInstance;
  }

  get isHeld(): boolean {
    return this.#watcher !== null;
  }

  acquire(additionalData: unknown): boolean {
    if (this.isHeld) return true;
    mkdirSync(this.#notesPath, { recursive: true });
    if (this.#take() || this.#takeFromDead()) {
      this.#watcher = watch(this.#notesPath, () => { this.#readNotes(); });
      return true;
    }
    const second: SecondInstance = { argv: process.argv, workingDirectory: process.cwd(), additionalData };
    writeFileSync(join(this.#notesPath, `${process.pid}.json`), JSON.stringify(second));
    return false;
  }

  release(): void {
    if (!this.#watcher) return;
    this.#watcher.close();
    this.#watcher = null;
    rmSync(this.#lockPath, { force: true });
  }

  #take(): boolean {
    try {
      const file = openSync(this.#lockPath, 'wx');
      writeFileSync(file, String(process.pid));
      closeSync(file);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    }
  }

  #takeFromDead(): boolean {
    if (isAlive(Number(readFileSync(this.#lockPath, 'utf8')))) return false;
    rmSync(this.#lockPath, { force: true });
    return this.#take();
  }

  #readNotes(): void {
    for (const name of readdirSync(this.#notesPath)) {
      const path = join(this.#notesPath, name);
      const second = parseNote(readFileSync(path, 'utf8'));
      if (!second) continue;
      rmSync(path);
      this.#onSecondInstance(second);
    }
  }
}

/** Null while the other process is still writing. */
function parseNote(text: string): SecondInstance | null {
  try {
    return JSON.parse(text) as SecondInstance;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
