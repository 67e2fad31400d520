import { closeSync, openSync, writeSync } from 'node:fs';

const ALIGNMENT = 32;
const VERSION = 3;
const valueTypes = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, array: 9 } as const;
const tensorTypes = { f32: 0, f16: 1 } as const;

/** One entry of a GGUF's metadata. */
export type GgufEntry = readonly [key: string, ...value:
  | ['u32' | 'f32', number] | ['bool', boolean] | ['text', string]
  | ['texts', readonly string[]] | ['f32s' | 'i32s', readonly number[]]];

/** A tensor whose bytes are made when they are written, so that large models need no memory. `shape[0]` is the row's length. */
export interface GgufTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: keyof typeof tensorTypes;
  readonly read: () => Uint8Array;
}

/** Writes a GGUF file, version 3. */
export function writeGguf(path: string, entries: readonly GgufEntry[], tensors: readonly GgufTensor[]): void {
  const header = new ByteWriter();
  header.raw(Buffer.from('GGUF')).u32(VERSION).u64(tensors.length).u64(entries.length);
  for (const entry of entries) writeEntry(header, entry);
  let offset = 0;
  for (const tensor of tensors) {
    header.text(tensor.name).u32(tensor.shape.length);
    for (const length of tensor.shape) header.u64(length);
    header.u32(tensorTypes[tensor.type]).u64(offset);
    offset += padded(byteLengthOf(tensor));
  }
  const file = openSync(path, 'w');
  try {
    writePadded(file, header.toBuffer());
    for (const tensor of tensors) writePadded(file, tensor.read());
  } finally {
    closeSync(file);
  }
}

const padded = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;
const byteLengthOf = ({ shape, type }: GgufTensor): number => shape.reduce((product, length) => product * length, type === 'f16' ? 2 : 4);

function writePadded(file: number, bytes: Uint8Array): void {
  writeSync(file, bytes);
  writeSync(file, Buffer.alloc(padded(bytes.byteLength) - bytes.byteLength));
}

function writeEntry(writer: ByteWriter, [key, type, value]: GgufEntry): void {
  writer.text(key);
  switch (type) {
    case 'u32': writer.u32(valueTypes.u32).u32(value); return;
    case 'f32': writer.u32(valueTypes.f32).f32(value); return;
    case 'bool': writer.u32(valueTypes.bool).raw(Buffer.from([value ? 1 : 0])); return;
    case 'text': writer.u32(valueTypes.text).text(value); return;
    case 'texts': writer.list(valueTypes.text, value, (item) => { writer.text(item); }); return;
    case 'f32s': writer.list(valueTypes.f32, value, (item) => { writer.f32(item); }); return;
    case 'i32s': writer.list(valueTypes.i32, value, (item) => { writer.i32(item); }); return;
  }
}

class ByteWriter {
  readonly #parts: Buffer[] = [];

  raw(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }

  u32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return this.raw(bytes);
  }

  i32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return this.raw(bytes);
  }

  f32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return this.raw(bytes);
  }

  u64(value: number): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return this.raw(bytes);
  }

  text(value: string): this {
    const bytes = Buffer.from(value, 'utf8');
    return this.u64(bytes.length).raw(bytes);
  }

  list<T>(type: number, items: readonly T[], write: (item: T) => void): void {
    this.u32(valueTypes.array).u32(type).u64(items.length);
    for (const item of items) write(item);
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
