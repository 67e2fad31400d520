import { z } from 'zod';
import type { GgufHeader, GgufTensor } from './ggufHeader.ts';
import { BLOCK_SIZES } from './ggufTypes.ts';

/** What of a model decides how much memory it takes. `layers`: bytes of each block's weights, and KV numbers a token. */
export const memoryShape = z.object({
  layers: z.array(z.object({ weightsBytes: z.number(), keyNumbers: z.number(), valueNumbers: z.number() })),
  /** Token embeddings: they stay in RAM. */
  inputBytes: z.number(),
  /** What turns the last block into tokens. */
  outputBytes: z.number(),
  /** The embeddings again where they are the output too: a second copy, on the GPU only. */
  tiedBytes: z.number(),
  vocabularySize: z.number(),
  embeddingLength: z.number(),
  contextTokens: z.number().nullable(),
});
export type MemoryShape = z.infer<typeof memoryShape>;

/** Where the numbers come from: this machine's file or a header that was fetched. Lists are one value a layer. */
export interface ShapeSource {
  readonly get: (key: string) => number | readonly number[] | null;
  readonly countOf: (key: string) => number | null;
  readonly architecture: string;
}

const MAX_LAYERS = 10_000;
const BLOCK = /^blk\.(\d+)\./;

/** Adds up the tensors of a model by where they are loaded. */
export class TensorSums {
  readonly #blocks: number[] = [];
  #inputBytes = 0;
  #outputBytes = 0;
  #hasOutput = false;

  add({ name, elements, type }: GgufTensor): void {
    const [numbers, bytes] = BLOCK_SIZES[type] ?? [1, 2];
    const sizeBytes = Math.ceil(elements / numbers) * bytes;
    const block = Number(BLOCK.exec(name)?.[1] ?? -1);
    if (block >= 0 && block < MAX_LAYERS) this.#blocks[block] = (this.#blocks[block] ?? 0) + sizeBytes;
    else if (name.startsWith('token_embd')) this.#inputBytes += sizeBytes;
    else this.#outputBytes += sizeBytes;
    this.#hasOutput ||= name === 'output.weight';
  }

  toShape(source: ShapeSource): MemoryShape {
    const own = (key: string): number | readonly number[] | null => source.get(`${source.architecture}.${key}`);
    const one = (key: string): number | null => { const value = own(key); return typeof value === 'number' ? value : null; };
    const embeddingLength = one('embedding_length') ?? 0;
    const heads = one('attention.head_count') ?? 0;
    const headLength = heads > 0 ? embeddingLength / heads : 0;
    const kvHeads = own('attention.head_count_kv');
    const layerCount = Math.min(one('block_count') ?? this.#blocks.length, MAX_LAYERS);
    const layers = Array.from({ length: layerCount }, (_, n) => {
      const count = (typeof kvHeads === 'number' ? kvHeads : kvHeads?.[n]) ?? heads;
      return { weightsBytes: this.#blocks[n] ?? 0, keyNumbers: count * (one('attention.key_length') ?? headLength), valueNumbers: count * (one('attention.value_length') ?? headLength) };
    });
    return {
      layers, embeddingLength, contextTokens: one('context_length'), inputBytes: this.#inputBytes, outputBytes: this.#outputBytes, tiedBytes: this.#hasOutput ? 0 : this.#inputBytes,
      vocabularySize: source.countOf('tokenizer.ggml.tokens') ?? one('vocab_size') ?? 0,
    };
  }
}

/** The same for a header as this machine's files give it. */
export function toShapeSource({ metadata }: GgufHeader): ShapeSource {
  const architecture = metadata.get('general.architecture');
  return {
    architecture: architecture?.kind === 'scalar' ? String(architecture.value) : '',
    get: (key) => {
      const entry = metadata.get(key);
      if (entry?.kind === 'array') return entry.items.map(Number);
      return typeof entry?.value === 'number' ? entry.value : null;
    },
    countOf: (key) => { const entry = metadata.get(key); return entry?.kind === 'array' ? entry.count : null; },
  };
}
