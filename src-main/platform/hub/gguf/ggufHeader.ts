export type GgufScalar = string | number | boolean;

/** A list of the metadata. `items` are its first ones: all of numbers up to 4096, else 16; `length` is the true count. */
export interface GgufList { readonly length: number; readonly items: readonly GgufScalar[] }

export interface GgufTensor { readonly name: string; readonly dimensions: readonly number[]; /** ggml's number of the type. */ readonly type: number; readonly offsetBytes: number }

/** What stands before the weights of a GGUF file. */
export interface GgufHeader {
  readonly version: number;
  /** By dotted key, as in the file. */
  readonly metadata: Readonly<Record<string, GgufScalar | GgufList>>;
  readonly tensors: readonly GgufTensor[];
  readonly parameterCount: number;
  /** Where the list of tensors ends. */
  readonly headerBytes: number;
  /** Of the whole file; null when whoever sent it did not say. */
  readonly fileSizeBytes: number | null;
}

/** A number of the metadata, or null. */
export function getGgufNumber(header: GgufHeader, key: string): number | null {
  const value = header.metadata[key];
  return typeof value === 'number' ? value : null;
}

/** A text of the metadata, or null. */
export function getGgufText(header: GgufHeader, key: string): string | null {
  const value = header.metadata[key];
  return typeof value === 'string' ? value : null;
}

/** What passes between the reader and its worker. A piece shorter than what was asked for is the end of the file. */
export type ToGgufWorker = { kind: 'piece'; bytes: Uint8Array; fileSizeBytes: number | null };
export type FromGgufWorker =
  | { kind: 'need'; byteCount: number }
  | { kind: 'header'; header: GgufHeader }
  | { kind: 'unreadable'; reason: string };
