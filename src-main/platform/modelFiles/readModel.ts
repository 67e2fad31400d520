import { dirname } from 'node:path';
import { FileByteSource } from './byteSource.ts';
import { readFolderModel } from './folderModel.ts';
import { parseGgufHeader, type GgufHeader, type GgufTensor } from './gguf/ggufHeader.ts';
import { toGgufMetadata, toGgufModel } from './gguf/ggufModel.ts';
import { TensorSums, toShapeSource, type MemoryShape } from './gguf/memoryShape.ts';
import { HeaderError } from './headerError.ts';
import { EMPTY_HEADER, type HeaderMetadata, type ModelHeader } from './modelHeader.ts';
import { parseSafetensorsHeader, type SafetensorsHeader } from './safetensors.ts';

/**
 * Reads what the files of one model say about it; the first one is that with the metadata, the others are its further parts.
 *
 * Errors: HeaderError for a file that lies, else what the system says. Timing: synchronous and bounded; for workers.
 */
export function readModel(format: ModelHeader['format'], paths: readonly string[]): ModelHeader {
  const [first] = paths;
  if (first === undefined) throw new HeaderError('unreadable', 'no file');
  if (format === 'gguf') return readGguf(first, paths.slice(1));
  if (format === 'safetensors') return readFolderModel(dirname(first), format, mergeSafetensors(paths.map(readSafetensors)));
  if (format === 'other') return { ...EMPTY_HEADER };
  using source = new FileByteSource(first);
  source.read(0, 1);
  return readFolderModel(dirname(first), format, null);
}

/** Reads a header's own entries. Null for a format that has none. */
export function readMetadata(format: ModelHeader['format'], path: string): HeaderMetadata | null {
  if (format === 'gguf') return toGgufMetadata(readGgufHeader(path));
  if (format !== 'safetensors') return null;
  const header = readSafetensors(path);
  return {
    entries: Object.entries(header.metadata).map(([key, value]) => ({ key, value: value.slice(0, 4_000), count: null })),
    chatTemplate: readFolderModel(dirname(path), format, header).chatTemplate, tensorCount: header.tensorCount, tensorTypes: Object.fromEntries(header.tensorTypes),
  };
}

/** What of a GGUF model, in all its parts, decides how much memory it takes. */
export function readMemoryShape(paths: readonly string[]): MemoryShape {
  const sums = new TensorSums();
  const [first, ...others] = paths.map((path) => readGgufHeader(path, (tensor) => { sums.add(tensor); }));
  if (first === undefined) throw new HeaderError('unreadable', 'no file');
  return sums.toShape(toShapeSource([first, ...others].find(({ metadata }) => metadata.has('general.architecture')) ?? first));
}

function readGguf(first: string, others: readonly string[]): ModelHeader {
  const model = toGgufModel(readGgufHeader(first));
  const further = others.reduce((sum, path) => sum + readGgufHeader(path).parameterCount, 0);
  return further === 0 ? model : { ...model, parameterCount: (model.parameterCount ?? 0) + further };
}

function readGgufHeader(path: string, onTensor?: (tensor: GgufTensor) => void): GgufHeader {
  using source = new FileByteSource(path);
  return parseGgufHeader(source, onTensor);
}

function readSafetensors(path: string): SafetensorsHeader {
  using source = new FileByteSource(path);
  return parseSafetensorsHeader(source);
}

function mergeSafetensors(headers: readonly SafetensorsHeader[]): SafetensorsHeader | null {
  const [first, ...others] = headers;
  if (first === undefined) return null;
  const tensorTypes = new Map(first.tensorTypes);
  for (const { tensorTypes: types } of others) for (const [type, count] of types) tensorTypes.set(type, (tensorTypes.get(type) ?? 0) + count);
  return { ...first, tensorTypes, parameterCount: headers.reduce((sum, { parameterCount }) => sum + parameterCount, 0) };
}
