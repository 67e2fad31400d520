import type { ByteSource } from '../byteSource.ts';
import { HeaderError } from '../headerError.ts';
import { GGUF_LIMITS, GgufReader } from './ggufReader.ts';
import { TENSOR_TYPES } from './ggufTypes.ts';

export type GgufScalar = string | number | boolean;
/** A value of the metadata; of an array the first items and how many there are. Integers beyond 2^53 are text. */
export type GgufValue = { readonly kind: 'scalar'; readonly value: GgufScalar } | { readonly kind: 'array'; readonly items: readonly (GgufScalar | string)[]; readonly count: number };

/** What the front of a GGUF file says. `parameterCount` sums the tensors of this file alone. */
export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensorCount: number;
  /** How many tensors of each type. */
  readonly tensorTypes: ReadonlyMap<string, number>;
  readonly parameterCount: number;
  readonly hasClassifier: boolean;
  /** Where the tensors' data begin, before alignment. */
  readonly headerBytes: number;
}

/** One tensor: its name, how many numbers it holds, and ggml's number of their type. */
export interface GgufTensor { readonly name: string; readonly elements: number; readonly type: number }

const MAGIC = 0x46554747;
const KEPT_ITEMS = 32;
/** Lists of numbers are kept longer: they are one value a layer. */
const KEPT_NUMBERS = 1_024;
const MAX_KEY_BYTES = 65_535;
const MAX_NAME_BYTES = 1_024;
const MAX_DIMENSIONS = 8;
const FIXED_SIZES: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const STRING = 8;
const ARRAY = 9;

/**
 * Reads the header of a GGUF file of version 2 or 3, little-endian.
 *
 * Errors: throws HeaderError alone, whatever the bytes are. Timing: bounded by GGUF_LIMITS; for workers, as it reads synchronously.
 * Source: the GGUF specification in ggml's docs/gguf.md, read 2026-11.
 */
export function parseGgufHeader(source: ByteSource, onTensor: (tensor: GgufTensor) => void = () => undefined): GgufHeader {
  const reader = new GgufReader(source);
  const version = readVersion(reader);
  const tensorCount = reader.size();
  const keyCount = reader.size();
  if (keyCount > GGUF_LIMITS.keys) throw new HeaderError('too_large', `${keyCount} keys`);
  if (tensorCount > GGUF_LIMITS.tensors) throw new HeaderError('too_large', `${tensorCount} tensors`);
  const metadata = readMetadata(reader, keyCount);
  return { version, metadata, tensorCount, ...readTensors(reader, tensorCount, onTensor), headerBytes: reader.offset };
}

function readVersion(reader: GgufReader): number {
  if (reader.u32() !== MAGIC) throw new HeaderError('not_this_format', 'not a GGUF file');
  const version = reader.u32();
  if (version === 2 || version === 3) return version;
  if (version !== 0 && (version & 0xffff) === 0) throw new HeaderError('big_endian', 'written for big-endian machines');
  throw new HeaderError('version', `GGUF version ${version}`);
}

function readMetadata(reader: GgufReader, keyCount: number): Map<string, GgufValue> {
  const budget = { elements: GGUF_LIMITS.elements };
  const metadata = new Map<string, GgufValue>();
  for (let n = 0; n < keyCount; n += 1) {
    const key = reader.string(MAX_KEY_BYTES);
    const type = reader.u32();
    metadata.set(key, type === ARRAY ? readArray(reader, budget, 1) : { kind: 'scalar', value: readScalar(reader, type) });
  }
  return metadata;
}

function readArray(reader: GgufReader, budget: { elements: number }, depth: number): GgufValue {
  if (depth > GGUF_LIMITS.depth) throw new HeaderError('too_large', 'arrays in arrays');
  const type = reader.u32();
  const count = reader.size();
  budget.elements -= count;
  if (budget.elements < 0) throw new HeaderError('too_large', `an array of ${count}`);
  const items: GgufScalar[] = [];
  const kept = type === ARRAY ? 0 : Math.min(count, type === STRING ? KEPT_ITEMS : KEPT_NUMBERS);
  for (let n = 0; n < kept; n += 1) items.push(readScalar(reader, type));
  skipItems(reader, { type, count: count - kept, budget, depth });
  return { kind: 'array', items, count };
}

function skipItems(reader: GgufReader, { type, count, budget, depth }: { type: number; count: number; budget: { elements: number }; depth: number }): void {
  const size = FIXED_SIZES[type];
  if (size !== undefined) {
    skipBytes(reader, count * size);
    return;
  }
  for (let n = 0; n < count; n += 1) {
    if (type === ARRAY) readArray(reader, budget, depth + 1);
    else if (type === STRING) reader.skipString();
    else throw unknownType(type);
  }
}

/** Passes over bytes in pieces, so that nobody's count becomes a buffer. */
function skipBytes(reader: GgufReader, length: number): void {
  const piece = 64 * 1024;
  for (let left = length; left > 0; left -= piece) reader.take(Math.min(left, piece));
}

function readScalar(reader: GgufReader, type: number): GgufScalar {
  if (type === STRING) return reader.string();
  const size = FIXED_SIZES[type];
  if (size === undefined) throw unknownType(type);
  const bytes = reader.take(size);
  switch (type) {
    case 0: return bytes.readUInt8();
    case 1: return bytes.readInt8();
    case 2: return bytes.readUInt16LE();
    case 3: return bytes.readInt16LE();
    case 4: return bytes.readUInt32LE();
    case 5: return bytes.readInt32LE();
    case 7: return bytes.readUInt8() !== 0;
    default: return readWide(bytes, type);
  }
}

function readWide(bytes: Buffer, type: number): GgufScalar {
  if (type === 6) return toJsonNumber(bytes.readFloatLE());
  if (type === 12) return toJsonNumber(bytes.readDoubleLE());
  const value = type === 10 ? bytes.readBigUInt64LE() : bytes.readBigInt64LE();
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

/** JSON has no infinity and no NaN. */
function toJsonNumber(value: number): GgufScalar {
  return Number.isFinite(value) ? value : String(value);
}

function readTensors(reader: GgufReader, count: number, onTensor: (tensor: GgufTensor) => void): Pick<GgufHeader, 'tensorTypes' | 'parameterCount' | 'hasClassifier'> {
  const tensorTypes = new Map<string, number>();
  let parameterCount = 0;
  let hasClassifier = false;
  for (let n = 0; n < count; n += 1) {
    const name = reader.string(MAX_NAME_BYTES);
    const elements = readElementCount(reader);
    parameterCount += elements;
    const typeNumber = reader.u32();
    onTensor({ name, elements, type: typeNumber });
    const type = TENSOR_TYPES[typeNumber] ?? `type ${typeNumber}`;
    reader.take(8);
    tensorTypes.set(type, (tensorTypes.get(type) ?? 0) + 1);
    hasClassifier ||= name.startsWith('cls.');
  }
  if (!Number.isSafeInteger(parameterCount)) throw new HeaderError('malformed', 'more parameters than there are numbers');
  return { tensorTypes, parameterCount, hasClassifier };
}

function readElementCount(reader: GgufReader): number {
  const dimensions = reader.u32();
  if (dimensions > MAX_DIMENSIONS) throw new HeaderError('malformed', `a tensor of ${dimensions} dimensions`);
  let elements = 1;
  for (let n = 0; n < dimensions; n += 1) elements *= reader.size();
  return elements;
}

function unknownType(type: number): HeaderError {
  return new HeaderError('malformed', `a value of type ${type}`);
}
