import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EMPTY_HEADER, MAX_FACT_CHARS, type ModelHeader } from './modelHeader.ts';
import type { SafetensorsHeader } from './safetensors.ts';

const loose = z.record(z.string(), z.unknown());
type Loose = z.infer<typeof loose>;

const namedTemplates = z.array(z.object({ name: z.string(), template: z.string() }));

const MAX_JSON_BYTES = 32 * 1024 * 1024;
const FIM = /<\|?(fim[_-]prefix|fim[_-]begin|PRE)\|?>|<｜fim▁begin｜>/i;
const CONTEXT_KEYS = ['max_position_embeddings', 'n_positions', 'n_ctx', 'max_sequence_length', 'seq_length'];
const ENCODERS = /bert|roberta|mpnet|^e5|gte|nomic|jina/i;

/** What a folder of the transformers kind says about its model: config.json, the tokenizer's, the adapter's. Files that are missing or broken say nothing. */
export function readFolderModel(folder: string, format: ModelHeader['format'], weights: SafetensorsHeader | null): ModelHeader {
  const adapter = readJson(join(folder, 'adapter_config.json'));
  const config = readJson(join(folder, 'config.json')) ?? {};
  const inner = { ...config, ...toLoose(config['text_config']) };
  const tokenizer = readJson(join(folder, 'tokenizer_config.json')) ?? {};
  const architecture = toFact(config['model_type']);
  return {
    ...EMPTY_HEADER, format, architecture,
    kind: adapter === null ? 'model' : 'adapter',
    name: toFact(config['_name_or_path'])?.split('/').at(-1) ?? null,
    ...(weights && { parameterCount: weights.parameterCount, headerBytes: weights.headerBytes }),
    quantisation: nameQuantisation(config, weights),
    contextTokens: firstCount(inner, CONTEXT_KEYS), embeddingLength: firstCount(inner, ['hidden_size', 'n_embd', 'd_model']), layerCount: firstCount(inner, ['num_hidden_layers', 'n_layer', 'num_layers']),
    chatTemplate: readTemplate(folder, tokenizer),
    purpose: decidePurpose(folder, config, architecture),
    hasInfill: FIM.test(JSON.stringify(tokenizer['added_tokens_decoder'] ?? '')),
    hasVision: config['vision_config'] !== undefined,
    parents: readBase(adapter),
  };
}

function decidePurpose(folder: string, config: Loose, architecture: string | null): ModelHeader['purpose'] {
  const classes = z.array(z.string()).safeParse(config['architectures']).data ?? [];
  if (classes.some((name) => name.endsWith('ForSequenceClassification'))) return countLabels(config) === 1 ? 'rerank' : 'other';
  if (readJson(join(folder, 'modules.json'), z.array(z.unknown())) !== null || exists(join(folder, '1_Pooling'))) return 'embeddings';
  if (classes.some((name) => /For(CausalLM|ConditionalGeneration|TextGeneration)$|LMHeadModel$/.test(name))) return 'text';
  return ENCODERS.test(architecture ?? '') ? 'embeddings' : 'other';
}

function countLabels(config: Loose): number {
  const labels = loose.safeParse(config['id2label']).data;
  return labels === undefined ? Number(config['num_labels'] ?? 2) : Object.keys(labels).length;
}

/** The template beside the weights wins over the one in the tokenizer's configuration; of several the default. */
function readTemplate(folder: string, tokenizer: Loose): string | null {
  const own = readText(join(folder, 'chat_template.jinja')) ?? toText(readJson(join(folder, 'chat_template.json'))?.['chat_template']);
  return own ?? toText(tokenizer['chat_template']) ?? chooseNamed(namedTemplates.safeParse(tokenizer['chat_template']).data ?? []);
}

function chooseNamed(templates: z.infer<typeof namedTemplates>): string | null {
  const chosen = templates.find(({ name }) => name === 'default') ?? templates[0];
  return chosen?.template ?? null;
}

function toLoose(value: unknown): Loose {
  return loose.safeParse(value).data ?? {};
}

function nameQuantisation(config: Loose, weights: SafetensorsHeader | null): string | null {
  const scheme = loose.safeParse(config['quantization_config']).data;
  if (scheme !== undefined) return [toFact(scheme['quant_method']) ?? 'quantised', toCount(scheme['bits'])].filter((part) => part !== null).join('-').toUpperCase();
  const [most] = [...weights?.tensorTypes ?? []].toSorted((a, b) => b[1] - a[1]);
  return most?.[0] ?? null;
}

function readBase(adapter: Loose | null): ModelHeader['parents'] {
  const name = toFact(adapter?.['base_model_name_or_path']);
  return name === null ? [] : [{ relation: 'base_model', name }];
}

function firstCount(values: Loose, keys: readonly string[]): number | null {
  return keys.map((key) => toCount(values[key])).find((count) => count !== null) ?? null;
}

function toCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function toFact(value: unknown): string | null {
  return toText(value)?.slice(0, MAX_FACT_CHARS) ?? null;
}

function toText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function readJson(path: string): Loose | null;
function readJson<T>(path: string, schema: z.ZodType<T>): T | null;
function readJson(path: string, schema: z.ZodType = loose): unknown {
  const text = readText(path);
  if (text === null) return null;
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function readText(path: string): string | null {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts?.isFile() === true && facts.size <= MAX_JSON_BYTES ? readFileSync(path, 'utf8') : null;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
