import type { ByteSource } from '../byteSource.ts';
import { HeaderError } from '../headerError.ts';
import { PICKLE_OPCODES, type ImportWay, type MemoUse, type PickleArgument, type PickleEffect, type StackMove } from './pickleOpcodes.ts';

/** One import of a pickle. Null: which one could not be told. */
export interface PickleImport { readonly module: string | null; readonly name: string | null }

const LIMITS = { opcodes: 20_000_000, stack: 2_000_000, textBytes: 64 * 1024, lineBytes: 64 * 1024, imports: 10_000 };

/** The stack holds only what names an import: text, or null for anything else. */
type Cell = string | null;
const MARK = Symbol('mark');

/**
 * Reads one pickle from `offset` to its STOP and calls with every import on the way; runs nothing.
 *
 * Shape: the offset behind the STOP. Errors: HeaderError for what is no pickle or ends early; imports until there have been told.
 */
export function readPickle(source: ByteSource, offset: number, onImport: (one: PickleImport) => void): number {
  const machine = new PickleMachine(onImport);
  let at = offset;
  for (let n = 0; n < LIMITS.opcodes; n += 1) {
    const code = source.read(at, 1).readUInt8();
    const opcode = PICKLE_OPCODES.get(code);
    if (opcode === undefined) throw new HeaderError('malformed', `no opcode ${code} at ${at}`);
    const argument = readArgument(source, at + 1, opcode.argument);
    at = argument.end;
    if (opcode.effect.kind === 'stop') return at;
    machine.run(opcode.effect, argument);
  }
  throw new HeaderError('too_large', 'more opcodes than a checkpoint has');
}

interface Argument { readonly end: number; readonly text: string; readonly second: string; readonly number: number | null }

function readArgument(source: ByteSource, at: number, kind: PickleArgument): Argument {
  if (kind === 'none') return { end: at, text: '', second: '', number: null };
  if (typeof kind === 'number') return { end: at + kind, text: '', second: '', number: kind > 4 ? (source.read(at, kind), null) : source.read(at, kind).readUIntLE(0, kind) };
  if (kind === 'line') return readLine(source, at);
  if (kind === 'two_lines') {
    const first = readLine(source, at);
    const second = readLine(source, first.end);
    return { ...second, text: first.text, second: second.text };
  }
  return readSized(source, at, kind);
}

function readLine(source: ByteSource, at: number): Argument {
  for (let length = 256; ; length *= 4) {
    const bytes = source.read(at, Math.min(length, source.sizeBytes - at));
    const end = bytes.indexOf(0x0a);
    if (end >= 0) {
      const text = bytes.toString('utf8', 0, end).replace(/\r$/, '');
      const count = Number(text);
      return { end: at + end + 1, text: text.replace(/^(['"])(.*)\1$/s, '$2'), second: '', number: Number.isInteger(count) ? count : null };
    }
    if (bytes.length < length) throw new HeaderError('truncated', 'a line without end');
    if (length >= LIMITS.lineBytes) throw new HeaderError('too_large', 'a long line');
  }
}

function readSized(source: ByteSource, at: number, kind: 'text1' | 'text4' | 'text8' | 'bytes1' | 'bytes4' | 'bytes8' | 'signed4'): Argument {
  const width = kind === 'signed4' ? 4 : Number(kind.at(-1));
  const size = width === 8 ? Number(source.read(at, 8).readBigUInt64LE()) : source.read(at, width).readUIntLE(0, width);
  const start = at + width;
  if (!Number.isSafeInteger(size) || start + size > source.sizeBytes) throw new HeaderError('truncated', 'a value passes the end');
  const isText = !kind.startsWith('bytes');
  return { end: start + size, text: isText ? source.read(start, Math.min(size, LIMITS.textBytes)).toString('utf8') : '', second: '', number: null };
}

/** Follows the stack and the memo as far as the names of imports need them. */
class PickleMachine {
  readonly #stack: (Cell | typeof MARK)[] = [];
  readonly #memo = new Map<number, Cell>();
  readonly #onImport: (one: PickleImport) => void;
  #imports = 0;

  constructor(onImport: (one: PickleImport) => void) {
    this.#onImport = onImport;
  }

  run(effect: PickleEffect, argument: Argument): void {
    switch (effect.kind) {
      case 'replace': this.#replace(effect.takes); return;
      case 'text': this.#push(argument.text); return;
      case 'none': case 'stop': return;
      case 'move': this.#move(effect.how); return;
      case 'memo': this.#useMemo(effect.how, argument.number ?? -1); return;
      case 'import': this.#runImport(effect.how, argument);
    }
  }

  #move(kind: StackMove): void {
    if (kind === 'mark') this.#push(MARK);
    else if (kind === 'pop') this.#stack.pop();
    else if (kind === 'dup') this.#push(this.#stack.at(-1) ?? null);
    else this.#popToMark();
    if (kind === 'collect') this.#push(null);
  }

  #useMemo(kind: MemoUse, key: number): void {
    if (kind === 'get') this.#push(this.#memo.get(key) ?? null);
    else this.#remember(kind === 'put' ? key : this.#memo.size);
  }

  #runImport(kind: ImportWay, { text, second }: Argument): void {
    if (kind === 'stack_global') {
      const [name, module] = [this.#popText(), this.#popText()];
      this.#import(module, name);
    } else if (kind === 'extension') this.#import(null, null);
    else this.#import(text, second);
    if (kind === 'inst') this.#popToMark();
    this.#push(null);
  }

  #replace(takes: number): void {
    this.#stack.length = Math.max(0, this.#stack.length - takes);
    this.#push(null);
  }

  #push(cell: Cell | typeof MARK): void {
    if (this.#stack.length >= LIMITS.stack) throw new HeaderError('too_large', 'a deep stack');
    this.#stack.push(cell);
  }

  #popToMark(): void {
    this.#stack.length = Math.max(0, this.#stack.lastIndexOf(MARK));
  }

  #popText(): Cell {
    const cell = this.#stack.pop();
    return typeof cell === 'string' ? cell : null;
  }

  #remember(key: number): void {
    if (this.#memo.size >= LIMITS.stack) throw new HeaderError('too_large', 'a large memo');
    const top = this.#stack.at(-1);
    this.#memo.set(key, typeof top === 'string' ? top : null);
  }

  #import(module: Cell, name: Cell): void {
    this.#imports += 1;
    if (this.#imports > LIMITS.imports) throw new HeaderError('too_large', 'more imports than a checkpoint has');
    this.#onImport({ module, name });
  }
}
