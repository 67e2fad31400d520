import { expect, test } from 'vitest';
import { toByteSource } from '../byteSource.ts';
import { HeaderError } from '../headerError.ts';
import { parseGgufHeader } from './ggufHeader.ts';
import { toGgufModel } from './ggufModel.ts';

const u32 = (value: number): Buffer => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes; };
const u64 = (value: bigint | number): Buffer => { const bytes = Buffer.alloc(8); bytes.writeBigUInt64LE(BigInt(value)); return bytes; };
const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
const textEntry = (key: string, value: string): Buffer => Buffer.concat([text(key), u32(8), text(value)]);
const numberEntry = (key: string, value: number): Buffer => Buffer.concat([text(key), u32(4), u32(value)]);
const head = ({ version = 3, tensors = 0 as number | bigint, keys = 0 as number | bigint }): Buffer => Buffer.concat([Buffer.from('GGUF'), u32(version), u64(tensors), u64(keys)]);
const tensor = (name: string, dimensions: readonly (number | bigint)[], type = 0): Buffer => Buffer.concat([text(name), u32(dimensions.length), ...dimensions.map(u64), u32(type), u64(0)]);
const parse = (...parts: Buffer[]): ReturnType<typeof parseGgufHeader> => parseGgufHeader(toByteSource(Buffer.concat(parts)));

const aModel = Buffer.concat([
  head({ tensors: 2, keys: 5 }), textEntry('general.architecture', 'llama'), numberEntry('llama.block_count', 1), numberEntry('general.file_type', 15), textEntry('tokenizer.chat_template', '{{ tools }}'),
  text('tokenizer.ggml.tokens'), u32(9), u32(8), u64(3), text('a'), text('b'), text('c'), tensor('blk.0.attn_q.weight', [64, 32], 12), tensor('output.weight', [64, 10]),
]);

test('the header of a model says what it is', () => {
  const header = parse(aModel);

  expect(toGgufModel(header)).toMatchObject({ architecture: 'llama', kind: 'model', quantisation: 'Q4_K_M', layerCount: 1, parameterCount: 64 * 42, chatTemplate: '{{ tools }}', purpose: 'text' });
  expect(header.metadata.get('tokenizer.ggml.tokens')).toEqual({ kind: 'array', items: ['a', 'b', 'c'], count: 3 });
});

test.each([
  ['a classifier', [tensor('cls.weight', [4, 4])], 'rerank'],
  ['no classifier', [tensor('blk.0.w', [4, 4])], 'embeddings'],
] as const)('a pooling model with %s is known', (_what, tensors, purpose) => {
  const bytes = [head({ tensors: tensors.length, keys: 2 }), textEntry('general.architecture', 'bert'), numberEntry('bert.pooling_type', 1), ...tensors];

  expect(toGgufModel(parse(...bytes)).purpose).toBe(purpose);
});

test.each([
  ['another file', [Buffer.from('PK\x03\x04 and more of it')], 'not_this_format'],
  ['an empty file', [Buffer.alloc(0)], 'truncated'],
  ['version 1', [head({ version: 1 })], 'version'],
  ['big endian', [Buffer.from('GGUF'), Buffer.from([0, 0, 0, 3]), Buffer.alloc(16)], 'big_endian'],
  ['a thousand million keys', [head({ keys: 1_000_000_000 })], 'too_large'],
  ['a thousand million tensors', [head({ tensors: 1_000_000_000 })], 'too_large'],
  ['a count beyond numbers', [head({ keys: 2n ** 64n - 1n })], 'malformed'],
  ['a key without end', [head({ keys: 1 }), u64(2n ** 40n)], 'too_large'],
  ['a string past the end', [head({ keys: 1 }), text('k'), u32(8), u64(5_000), Buffer.from('x')], 'truncated'],
  ['an array without end', [head({ keys: 1 }), text('k'), u32(9), u32(4), u64(2n ** 50n)], 'too_large'],
  ['arrays in arrays', [head({ keys: 1 }), text('k'), ...Array.from({ length: 40 }, () => [u32(9), u32(9), u64(1)]).flat().slice(1)], 'too_large'],
  ['an unknown type', [head({ keys: 1 }), text('k'), u32(99)], 'malformed'],
  ['a tensor of too many dimensions', [head({ tensors: 1 }), text('t'), u32(4_000_000_000)], 'malformed'],
  ['a tensor that overflows', [head({ tensors: 1 }), tensor('t', [2n ** 40n, 2n ** 40n])], 'malformed'],
  ['tensors that are not there', [head({ tensors: 3 }), tensor('t', [1])], 'truncated'],
])('%s is refused and named', (_what, parts, problem) => {
  expect(() => parse(...parts)).toThrow(expect.objectContaining({ name: 'HeaderError', problem }));
});

test('whatever the bytes are, it is a header or a HeaderError, and soon', () => {
  let seed = 20_261_121;
  const random = (below: number): number => { seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0; return seed % below; };
  const startMs = performance.now();

  for (let n = 0; n < 20_000; n += 1) {
    const bytes = n % 4 === 0 ? Buffer.from(Array.from({ length: random(200) }, () => random(256))) : Buffer.from(aModel);
    if (n % 4 === 0) bytes.write('GGUF\x03\0\0\0', 0, 'latin1');
    for (let changes = random(6); changes > 0 && bytes.length > 0; changes -= 1) bytes[random(bytes.length)] = random(256);
    const cut = bytes.subarray(0, n % 3 === 0 ? random(bytes.length + 1) : bytes.length);
    try {
      parseGgufHeader(toByteSource(cut));
    } catch (error) {
      if (!(error instanceof HeaderError)) throw error;
    }
  }

  expect(performance.now() - startMs).toBeLessThan(15_000);
});
