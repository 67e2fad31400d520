import { z } from 'zod';
import type { ByteSource } from './byteSource.ts';
import { HeaderError } from './headerError.ts';

/** What the front of a safetensors file says. */
export interface SafetensorsHeader {
  readonly tensorCount: number;
  readonly tensorTypes: ReadonlyMap<string, number>;
  readonly parameterCount: number;
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly headerBytes: number;
}

const MAX_HEADER_BYTES = 100 * 1024 * 1024;
const tensor = z.object({ dtype: z.string().max(40), shape: z.array(z.int().min(0)).max(32) });

/**
 * Reads the header of a safetensors file: eight bytes of length, then that much JSON.
 *
 * Errors: throws HeaderError alone. Source: the format's description in huggingface/safetensors, read 2026-11; its own limit is 100 MB.
 */
export function parseSafetensorsHeader(source: ByteSource): SafetensorsHeader {
  const length = Number(source.read(0, 8).readBigUInt64LE());
  if (length > MAX_HEADER_BYTES) throw new HeaderError('too_large', `a header of ${length} bytes`);
  const entries = Object.entries(parseObject(source.read(8, length)));
  const tensors = entries.filter(([name]) => name !== '__metadata__').map(([name, value]) => ({ name, ...parseTensor(name, value) }));
  const tensorTypes = new Map<string, number>();
  for (const { dtype } of tensors) tensorTypes.set(dtype, (tensorTypes.get(dtype) ?? 0) + 1);
  const parameterCount = tensors.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  if (!Number.isSafeInteger(parameterCount)) throw new HeaderError('malformed', 'more parameters than there are numbers');
  return { tensorCount: tensors.length, tensorTypes, parameterCount, names: tensors.map(({ name }) => name), metadata: readMetadata(entries), headerBytes: 8 + length };
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    throw new HeaderError('malformed', error instanceof SyntaxError ? 'the header is not JSON' : 'the header is not an object');
  }
}

function parseTensor(name: string, value: unknown): z.infer<typeof tensor> {
  const parsed = tensor.safeParse(value);
  if (!parsed.success) throw new HeaderError('malformed', `tensor ${name.slice(0, 80)}`);
  return parsed.data;
}

function readMetadata(entries: readonly [string, unknown][]): Record<string, string> {
  const found = entries.find(([name]) => name === '__metadata__')?.[1];
  return z.record(z.string(), z.string()).safeParse(found).data ?? {};
}
