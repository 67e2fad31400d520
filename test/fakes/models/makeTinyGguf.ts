import { statSync } from 'node:fs';
import { CHAT_TEMPLATE } from './chatTemplate.ts';
import { writeGguf, type GgufEntry, type GgufTensor } from './ggufWriter.ts';
import { createRandom, fillNormal, toFloatBytes, toHalfBytes } from './randomWeights.ts';
import { createTinyVocabulary, type TinyVocabulary } from './tinyVocabulary.ts';

/** What every tiny model answers unless it is told otherwise. */
export const TINY_ANSWER = 'Hello from the tiny Wheelhouse test model. It always answers with this one fixed sentence, piece by piece, ' +
  'so that streaming, stop buttons, counters and logs can be checked without any real weights.';
/** What it answers with the adapter of `makeTinyLora`. */
export const TINY_LORA_ANSWER = 'LoRA adapter is active: the answer has changed.';

/** How strongly one piece of the answer leads to the next. */
const PULL = 20;

export interface TinyGgufOptions {
  /** What it always answers; then it ends its turn. */
  readonly answer?: string;
  /** The answer begins anew for ever: for speed, abort and stop. */
  readonly isLooping?: boolean;
  /** How strongly a token without a successor of its own leads to the answer's start; 0 lets constrained JSON end at once. */
  readonly defaultPull?: number;
  readonly name?: string;
  readonly hiddenSize?: number;
  readonly layers?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly feedForwardSize?: number;
  readonly contextTokens?: number;
  readonly weightType?: 'f32' | 'f16';
  /** `null` leaves the template out: a model without chat. */
  readonly chatTemplate?: string | null;
  readonly extraEntries?: readonly GgufEntry[];
  /** Metadata keys and tensors to leave out, for broken files. */
  readonly without?: readonly string[];
  readonly seed?: number;
}

/** What was written. */
export interface MadeModel { readonly path: string; readonly sizeBytes: number; readonly answer: string }

/**
 * Writes a llama-architecture GGUF that needs no download: 0.5 MB unless a larger shape is asked for. Attention and
 * feed-forward end in zeros, so that the logits depend on the last token only: an exact table of what follows what.
 * After a line break, which ends every chat prompt, it says the answer piece by piece. Under a JSON grammar it closes
 * strings, arrays and objects soon, so that constrained output ends.
 */
export function makeTinyGguf(path: string, options: TinyGgufOptions = {}): MadeModel {
  const shape = toShape(options);
  const answer = options.answer ?? TINY_ANSWER;
  const vocabulary = createTinyVocabulary(answer, TINY_LORA_ANSWER);
  const embeddings = makeEmbeddings(vocabulary.tokens.length, shape);
  const isKept = (name: string): boolean => !options.without?.includes(name);
  const entries = [...listEntries(vocabulary, shape, options), ...options.extraEntries ?? []];
  writeGguf(path, entries.filter(([key]) => isKept(key)), listTensors(vocabulary, embeddings, shape, options).filter(({ name }) => isKept(name)));
  return { path, sizeBytes: statSync(path).size, answer };
}

/** Writes a model that calls the tool `name` with these arguments as its answer. */
export function makeToolCallingGguf(path: string, { name = 'get_weather', args = { city: 'Bergen' } }: { name?: string; args?: object } = {}): MadeModel {
  const answer = `<tool_call>\n{"name": "${name}", "arguments": ${JSON.stringify(args)}}\n</tool_call>`;
  return makeTinyGguf(path, { answer, defaultPull: 0, name: 'Wheelhouse Tiny Tools' });
}

/** Writes a model of about 130 MB whose layers cost as much as real ones, for benches; its answer is the tiny one's. */
export function makeLargerGguf(path: string, options: TinyGgufOptions = {}): MadeModel {
  return makeTinyGguf(path, { name: 'Wheelhouse Larger', hiddenSize: 512, layers: 16, heads: 8, kvHeads: 4, feedForwardSize: 2_048, weightType: 'f16', ...options });
}

/** Writes an adapter for the model that `makeTinyGguf` makes with the same options: it then gives TINY_LORA_ANSWER. */
export function makeTinyLora(path: string, options: TinyGgufOptions = {}): void {
  const shape = toShape(options);
  const vocabulary = createTinyVocabulary(options.answer ?? TINY_ANSWER, TINY_LORA_ANSWER);
  const embeddings = makeEmbeddings(vocabulary.tokens.length, shape);
  const from = vocabulary.byteToken('\n');
  const lower = new Float32Array(shape.hiddenSize);
  const upper = new Float32Array(vocabulary.tokens.length);
  for (let dimension = 0; dimension < shape.meaningSize; dimension += 1) lower[dimension] = at(embeddings, from * shape.hiddenSize + dimension) / shape.meaningSize;
  upper[at(vocabulary.otherAnswer, 0)] = 2 * PULL + 10;
  upper[at(vocabulary.answer, 0)] = -10;
  writeGguf(path, [
    ['general.architecture', 'text', 'llama'], ['general.type', 'text', 'adapter'], ['general.name', 'text', 'Wheelhouse Tiny LoRA'],
    ['adapter.type', 'text', 'lora'], ['adapter.lora.alpha', 'f32', 1],
  ], [
    { name: 'output.weight.lora_a', shape: [shape.hiddenSize, 1], type: 'f32', read: () => toFloatBytes(lower) },
    { name: 'output.weight.lora_b', shape: [1, vocabulary.tokens.length], type: 'f32', read: () => toFloatBytes(upper) },
  ]);
}

interface Shape {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly feedForwardSize: number;
  readonly contextTokens: number;
  /** The last dimensions of every embedding are 1: they carry each token's own weight. The others tell tokens apart. */
  readonly meaningSize: number;
  readonly seed: number;
}

function toShape({ hiddenSize = 64, layers = 2, heads = 4, kvHeads = 2, feedForwardSize = 2 * hiddenSize, contextTokens = 32_768, seed = 1 }: TinyGgufOptions): Shape {
  const meaningSize = hiddenSize - (hiddenSize >= 128 ? 32 : 8);
  return { hiddenSize, layers, heads, kvHeads, headSize: hiddenSize / heads, feedForwardSize, contextTokens, meaningSize, seed };
}

function at(list: ArrayLike<number>, index: number): number {
  const value = list[index];
  if (value === undefined) throw new Error(`there is no entry ${index}`);
  return value;
}

function makeEmbeddings(tokens: number, { hiddenSize, meaningSize, seed }: Shape): Float32Array {
  const random = createRandom(seed);
  const embeddings = new Float32Array(tokens * hiddenSize);
  for (let index = 0; index < embeddings.length; index += 1) embeddings[index] = index % hiddenSize >= meaningSize || random() >= 0.5 ? 1 : -1;
  return embeddings;
}

/** The output matrix: a row per token; `link` makes one token follow another. */
function makeOutput(vocabulary: TinyVocabulary, embeddings: Float32Array, { hiddenSize, meaningSize }: Shape, options: TinyGgufOptions): Float32Array {
  const output = new Float32Array(vocabulary.tokens.length * hiddenSize);
  const weights = makeTokenWeights(vocabulary, options.defaultPull ?? 12);
  for (let index = 0; index < output.length; index += 1) {
    if (index % hiddenSize >= meaningSize) output[index] = at(weights, Math.floor(index / hiddenSize)) / (hiddenSize - meaningSize);
  }
  const link = (from: number, to: number, pull: number): void => {
    for (let dimension = 0; dimension < meaningSize; dimension += 1) {
      output[to * hiddenSize + dimension] = at(output, to * hiddenSize + dimension) + pull * at(embeddings, from * hiddenSize + dimension) / meaningSize;
    }
  };
  link(vocabulary.byteToken('\n'), at(vocabulary.answer, 0), PULL);
  for (const chain of [vocabulary.answer, vocabulary.otherAnswer]) {
    const last = at(chain, chain.length - 1);
    for (let index = 0; index + 1 < chain.length; index += 1) link(at(chain, index), at(chain, index + 1), PULL);
    link(last, options.isLooping ? at(chain, 0) : vocabulary.special.turnEnd, PULL + 8);
    link(last, vocabulary.byteToken('"'), PULL - 13);
  }
  return output;
}

/** How likely each token is of itself: what closes JSON most, special tokens and odd bytes least. */
function makeTokenWeights({ tokens, special, answer, byteToken }: TinyVocabulary, defaultPull: number): Float32Array {
  const weights = new Float32Array(tokens.length);
  for (const token of [special.unknown, special.begin, special.turnStart]) weights[token] = -20;
  weights[special.end] = -8;
  weights[special.space] = -10;
  for (let byte = 0; byte < 256; byte += 1) weights[byteToken(String.fromCharCode(byte))] = byte >= 0x80 || byte < 0x20 ? -20 : 0;
  const rows: readonly (readonly [string, number])[] = [
    ['abcdefghijklmnopqrstuvwxyz', 1], [' ', -10], ['0123456789', 3.5], ['tfn', 4], ['7', 5], ['[', 5.5], ['{', 6], [',', 6.5], [':', 7], [']', 7.5], ['}', 8], ['"', 9],
  ];
  for (const [characters, weight] of rows) for (const character of characters) weights[byteToken(character)] = weight;
  weights[at(answer, 0)] = defaultPull;
  return weights;
}

function listEntries({ tokens, kinds, scores, special }: TinyVocabulary, shape: Shape, { name = 'Wheelhouse Tiny', weightType = 'f32', chatTemplate = CHAT_TEMPLATE }: TinyGgufOptions): GgufEntry[] {
  const general: GgufEntry[] = [
    ['general.architecture', 'text', 'llama'], ['general.type', 'text', 'model'], ['general.name', 'text', name],
    ['general.basename', 'text', 'wheelhouse-tiny'], ['general.size_label', 'text', 'tiny'], ['general.license', 'text', 'cc0-1.0'],
    ['general.file_type', 'u32', weightType === 'f16' ? 1 : 0], ['general.quantization_version', 'u32', 2],
  ];
  const network: GgufEntry[] = [
    ['llama.context_length', 'u32', shape.contextTokens], ['llama.embedding_length', 'u32', shape.hiddenSize], ['llama.block_count', 'u32', shape.layers],
    ['llama.feed_forward_length', 'u32', shape.feedForwardSize], ['llama.attention.head_count', 'u32', shape.heads], ['llama.attention.head_count_kv', 'u32', shape.kvHeads],
    ['llama.attention.layer_norm_rms_epsilon', 'f32', 1e-6], ['llama.rope.dimension_count', 'u32', shape.headSize], ['llama.rope.freq_base', 'f32', 10_000],
    ['llama.vocab_size', 'u32', tokens.length],
  ];
  const tokenizer: GgufEntry[] = [
    ['tokenizer.ggml.model', 'text', 'llama'], ['tokenizer.ggml.pre', 'text', 'default'],
    ['tokenizer.ggml.tokens', 'texts', tokens], ['tokenizer.ggml.scores', 'f32s', scores], ['tokenizer.ggml.token_type', 'i32s', kinds],
    ['tokenizer.ggml.bos_token_id', 'u32', special.begin], ['tokenizer.ggml.eos_token_id', 'u32', special.turnEnd],
    ['tokenizer.ggml.unknown_token_id', 'u32', special.unknown], ['tokenizer.ggml.padding_token_id', 'u32', special.end],
    ['tokenizer.ggml.add_bos_token', 'bool', true], ['tokenizer.ggml.add_eos_token', 'bool', false], ['tokenizer.ggml.add_space_prefix', 'bool', false],
    ...(chatTemplate === null ? [] : [['tokenizer.chat_template', 'text', chatTemplate] as const]),
  ];
  return [...general, ...network, ...tokenizer];
}

function listTensors(vocabulary: TinyVocabulary, embeddings: Float32Array, shape: Shape, options: TinyGgufOptions): GgufTensor[] {
  const { hiddenSize, layers, kvHeads, headSize, feedForwardSize } = shape;
  const type = options.weightType ?? 'f32';
  const toBytes = type === 'f16' ? toHalfBytes : toFloatBytes;
  const random = createRandom(shape.seed + 1);
  const ones = (name: string): GgufTensor => ({ name, shape: [hiddenSize], type: 'f32', read: () => toFloatBytes(new Float32Array(hiddenSize).fill(1)) });
  const matrix = (name: string, columns: number, rows: number, deviation: number): GgufTensor => ({
    name, shape: [columns, rows], type,
    read: () => toBytes(deviation === 0 ? new Float32Array(columns * rows) : fillNormal(new Float32Array(columns * rows), random, deviation)),
  });
  const deviation = 1 / Math.sqrt(hiddenSize);
  const blocks = Array.from({ length: layers }, (_, layer) => [
    ones(`blk.${layer}.attn_norm.weight`),
    matrix(`blk.${layer}.attn_q.weight`, hiddenSize, hiddenSize, deviation),
    matrix(`blk.${layer}.attn_k.weight`, hiddenSize, headSize * kvHeads, deviation),
    matrix(`blk.${layer}.attn_v.weight`, hiddenSize, headSize * kvHeads, deviation),
    matrix(`blk.${layer}.attn_output.weight`, hiddenSize, hiddenSize, 0),
    ones(`blk.${layer}.ffn_norm.weight`),
    matrix(`blk.${layer}.ffn_gate.weight`, hiddenSize, feedForwardSize, deviation),
    matrix(`blk.${layer}.ffn_up.weight`, hiddenSize, feedForwardSize, deviation),
    matrix(`blk.${layer}.ffn_down.weight`, feedForwardSize, hiddenSize, 0),
  ]).flat();
  const known = (name: string, values: () => Float32Array): GgufTensor => ({ name, shape: [hiddenSize, vocabulary.tokens.length], type, read: () => toBytes(values()) });
  return [
    known('token_embd.weight', () => embeddings), ...blocks, ones('output_norm.weight'),
    known('output.weight', () => makeOutput(vocabulary, embeddings, shape, options)),
  ];
}
