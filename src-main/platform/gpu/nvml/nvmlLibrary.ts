import { load, type LibraryHandle } from 'koffi';
import { NVML } from './nvmlCodes.ts';

type Argument = bigint | number | Buffer;
type NvmlFunction = (...args: Argument[]) => number;

/** A GPU as the library hands it out: an opaque pointer. */
export type NvmlHandle = bigint;

/** Thrown where the library says no to something without which nothing can be read. */
export class NvmlError extends Error {
  readonly code: number | null;

  constructor(message: string, code: number | null) {
    super(message);
    this.code = code;
  }
}

/** Argument kinds: a handle, an unsigned number, something to write into. */
const KINDS = { h: 'uint64', u: 'uint32', p: 'void *' } as const;

/** Calls NVML by name. A function that this version of the library lacks answers "not supported". */
export class NvmlLibrary {
  readonly #library: LibraryHandle;
  readonly #functions = new Map<string, NvmlFunction | null>();

  /** @throws NvmlError where the library cannot be loaded */
  constructor(path: string) {
    try {
      this.#library = load(path, { lazy: true });
    } catch (error) {
      throw new NvmlError(`${path}: ${error instanceof Error ? error.message : 'it cannot be loaded'}`, null);
    }
  }

  /**
   * Calls the first of the names that the library has. `kinds` has a letter an argument: h handle, u number, p buffer.
   * Does not throw: a missing function is code 3.
   */
  call(names: string, kinds: string, ...args: Argument[]): number {
    for (const name of names.split(' ')) {
      const bound = this.#bind(name, kinds);
      if (bound !== null) return bound(...args);
    }
    return NVML.notSupported;
  }

  has(name: string, kinds: string): boolean {
    return this.#bind(name, kinds) !== null;
  }

  /** One 32-bit number by a function whose last argument it is; null unless the call succeeds. */
  readNumber(names: string, kinds: string, ...args: Argument[]): number | null {
    const out = Buffer.alloc(4);
    return this.call(names, `${kinds}p`, ...args, out) === NVML.success ? out.readUInt32LE() : null;
  }

  readBig(names: string, kinds: string, ...args: Argument[]): bigint | null {
    const out = Buffer.alloc(8);
    return this.call(names, `${kinds}p`, ...args, out) === NVML.success ? out.readBigUInt64LE() : null;
  }

  readText(names: string, kinds: string, ...args: Argument[]): string | null {
    const out = Buffer.alloc(128);
    if (this.call(names, `${kinds}pu`, ...args, out, out.length) !== NVML.success) return null;
    return toText(out);
  }

  #bind(name: string, kinds: string): NvmlFunction | null {
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    let bound: NvmlFunction | null;
    try {
      bound = this.#library.func(name, 'int', [...kinds].map((kind) => KINDS[kind as keyof typeof KINDS]));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      bound = null;
    }
    this.#functions.set(name, bound);
    return bound;
  }
}

/** The text of a C string in a buffer. */
export function toText(buffer: Buffer): string {
  const end = buffer.indexOf(0);
  return buffer.toString('utf8', 0, end === -1 ? buffer.length : end).trim();
}
