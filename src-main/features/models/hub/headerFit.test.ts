import { expect, test } from 'vitest';
import type { GgufHeader } from '../../../platform/hub/gguf/ggufHeader.ts';
import { toShapeOfSize } from './headerFit.ts';

const Q8_0 = 8;
const tensor = (name: string, rows: number): GgufHeader['tensors'][number] => ({ name, dimensions: [1_024, rows], type: Q8_0, offsetBytes: 0 });
const aHeader = (tensors: GgufHeader['tensors']): GgufHeader => ({
  version: 3, tensors, parameterCount: 1, headerBytes: 1, fileSizeBytes: null,
  metadata: { 'general.architecture': 'llama', 'llama.block_count': 4, 'llama.embedding_length': 1_024, 'llama.attention.head_count': 8, 'llama.attention.head_count_kv': 2, 'llama.context_length': 4_096 },
});
const bytesOf = (rows: number): number => rows * 1_024 * 34 / 32;

test('half the size halves embeddings and output, and the blocks share what is left', () => {
  const header = aHeader([tensor('token_embd.weight', 1_000), tensor('output.weight', 1_000), ...[0, 1, 2, 3].map((n) => tensor(`blk.${n}.attn_q.weight`, 2_000))]);
  const headerSizeBytes = bytesOf(10_000);

  const shape = toShapeOfSize(header, { sizeBytes: headerSizeBytes / 2, headerSizeBytes });

  expect(shape).toMatchObject({ inputBytes: bytesOf(500), outputBytes: bytesOf(500), contextTokens: 4_096 });
  expect(shape.layers.map(({ weightsBytes, keyNumbers }) => ({ weightsBytes, keyNumbers }))).toEqual(Array.from({ length: 4 }, () => ({ weightsBytes: bytesOf(1_000), keyNumbers: 256 })));
});

test('the first part of several names only some blocks, and each counts all the same', () => {
  const header = aHeader([tensor('token_embd.weight', 1_000), tensor('blk.0.attn_q.weight', 2_000)]);
  const sizeBytes = bytesOf(9_000);

  const shape = toShapeOfSize(header, { sizeBytes, headerSizeBytes: sizeBytes });

  expect(shape.layers.map(({ weightsBytes }) => weightsBytes)).toEqual([2_000, 2_000, 2_000, 2_000].map(bytesOf));
  expect([shape.outputBytes, shape.tiedBytes]).toEqual([0, bytesOf(1_000)]);
});
