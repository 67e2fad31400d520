/** A value as GGUF has it: whole numbers become u32, lists of them i32. */
export type GgufInput = number | string | boolean | readonly string[] | readonly number[];

export interface GgufHeaderInput {
  metadata: Readonly<Record<string, GgufInput>>;
  tensors?: readonly { name: string; shape: readonly number[]; type?: number }[];
  /** Counts that are not those of what follows, for lying files. */
  claims?: { keys?: bigint; tensors?: bigint };
  version?: number;
}

const types = { u32: 4, i32: 5, bool: 7, text: 8, list: 9 } as const;
const Q4_K = 12;

/** The part of a GGUF file before its weights; weights may follow as seeded bytes. */
export function makeGgufHeader({ metadata, tensors = [], claims = {}, version = 3 }: GgufHeaderInput): Buffer {
  const entries = Object.entries(metadata);
  const parts = [Buffer.from('GGUF'), u32(version), u64(claims.tensors ?? BigInt(tensors.length)), u64(claims.keys ?? BigInt(entries.length))];
  for (const [key, value] of entries) parts.push(text(key), typed(value));
  let offset = 0n;
  for (const { name, shape, type = Q4_K } of tensors) {
    parts.push(text(name), u32(shape.length), ...shape.map((length) => u64(BigInt(length))), u32(type), u64(offset));
    offset += 32n;
  }
  return Buffer.concat(parts);
}

function typed(value: GgufInput): Buffer {
  if (typeof value === 'number') return Buffer.concat([u32(types.u32), u32(value)]);
  if (typeof value === 'boolean') return Buffer.concat([u32(types.bool), Buffer.from([value ? 1 : 0])]);
  if (typeof value === 'string') return Buffer.concat([u32(types.text), text(value)]);
  const items = value.map((item) => (typeof item === 'string' ? text(item) : u32(item)));
  return Buffer.concat([u32(types.list), u32(typeof value[0] === 'string' ? types.text : types.i32), u64(BigInt(value.length)), ...items]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(BigInt(bytes.length)), bytes]);
}

/** A small llama as far as its header tells: `layers` blocks and a vocabulary of so many words. */
export function aLlamaHeader({ layers = 32, vocabulary = 32_000, contextTokens = 8_192 }: { layers?: number; vocabulary?: number; contextTokens?: number } = {}): GgufHeaderInput {
  return {
    metadata: {
      'general.architecture': 'llama', 'general.name': 'Tiny', 'general.file_type': 15,
      'llama.block_count': layers, 'llama.context_length': contextTokens, 'llama.embedding_length': 4_096, 'llama.feed_forward_length': 11_008,
      'llama.attention.head_count': 32, 'llama.attention.head_count_kv': 8,
      'tokenizer.ggml.model': 'gpt2', 'tokenizer.ggml.tokens': Array.from({ length: vocabulary }, (_, index) => `word-${index}`),
      'tokenizer.chat_template': '{% for message in messages %}{{ message.content }}{% endfor %}',
    },
    tensors: [
      { name: 'token_embd.weight', shape: [4_096, vocabulary] },
      ...Array.from({ length: layers }, (_, index) => ({ name: `blk.${index}.attn_q.weight`, shape: [4_096, 4_096] })),
    ],
  };
}
