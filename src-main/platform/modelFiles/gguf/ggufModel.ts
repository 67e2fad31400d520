import { EMPTY_HEADER, MAX_FACT_CHARS, type HeaderMetadata, type ModelHeader } from '../modelHeader.ts';
import type { GgufHeader, GgufValue } from './ggufHeader.ts';
import { FILE_TYPES } from './ggufTypes.ts';

const CHAT_TEMPLATE = 'tokenizer.chat_template';
const FIM_KEYS = ['tokenizer.ggml.fim_pre_token_id', 'tokenizer.ggml.prefix_token_id'];
const POOLING_RANK = 4;
const ENCODERS = /bert|nomic|jina-|gte|-embed|t5encoder/;
const SHOWN_TEXT = 4_000;
const SHOWN_ITEMS = 32;

/** What a GGUF header says about the model, in the words of every format. */
export function toGgufModel(header: GgufHeader): ModelHeader {
  const text = (key: string): string | null => toText(header.metadata.get(key))?.slice(0, MAX_FACT_CHARS) ?? null;
  const architecture = text('general.architecture');
  const own = (key: string): number | null => toCount(header.metadata.get(`${architecture ?? ''}.${key}`));
  const kind = decideKind(text('general.type'), architecture);
  return {
    ...EMPTY_HEADER, format: 'gguf', kind, architecture,
    name: text('general.name'), licence: text('general.license'), chatTemplate: toText(header.metadata.get(CHAT_TEMPLATE)),
    parameterCount: header.parameterCount === 0 ? null : header.parameterCount,
    quantisation: nameQuantisation(header),
    contextTokens: own('context_length'), embeddingLength: own('embedding_length'), layerCount: own('block_count'),
    purpose: kind === 'model' ? decidePurpose(header, architecture, own('pooling_type')) : 'other',
    hasInfill: FIM_KEYS.some((key) => header.metadata.has(key)),
    parents: readParents(text, toCount(header.metadata.get('general.base_model.count')) ?? 0, kind),
    headerBytes: header.headerBytes,
  };
}

/** The header's entries in its own order; long text cut, arrays by their first items, the template apart and whole. */
export function toGgufMetadata(header: GgufHeader): HeaderMetadata {
  const shown = [...header.metadata].filter(([key]) => key !== CHAT_TEMPLATE);
  return {
    entries: shown.map(([key, entry]) => (entry.kind === 'array'
      ? { key, value: entry.items.slice(0, SHOWN_ITEMS).map((item) => cut(item)), count: entry.count }
      : { key, value: cut(entry.value), count: null })),
    chatTemplate: toText(header.metadata.get(CHAT_TEMPLATE)), tensorCount: header.tensorCount, tensorTypes: Object.fromEntries(header.tensorTypes),
  };
}

function decideKind(type: string | null, architecture: string | null): ModelHeader['kind'] {
  if (type === 'adapter') return 'adapter';
  return type === 'mmproj' || architecture === 'clip' ? 'mmproj' : 'model';
}

function decidePurpose({ hasClassifier }: GgufHeader, architecture: string | null, poolingType: number | null): ModelHeader['purpose'] {
  if (hasClassifier || poolingType === POOLING_RANK) return 'rerank';
  if ((poolingType !== null && poolingType > 0) || ENCODERS.test(architecture ?? '')) return 'embeddings';
  return 'text';
}

/** The file's own word, else the type of most of its tensors that are not plain vectors. */
function nameQuantisation({ metadata, tensorTypes }: GgufHeader): string | null {
  const named = FILE_TYPES[toCount(metadata.get('general.file_type')) ?? -1];
  if (named !== undefined) return named;
  const [most] = [...tensorTypes].toSorted((a, b) => Number(a[0] === 'F32') - Number(b[0] === 'F32') || b[1] - a[1]);
  return most?.[0] ?? null;
}

function readParents(text: (key: string) => string | null, count: number, kind: ModelHeader['kind']): ModelHeader['parents'] {
  const bases = Array.from({ length: Math.min(count, 16) }, (_, n) => {
    const name = toRepo(text(`general.base_model.${n}.repo_url`)) ?? text(`general.base_model.${n}.name`);
    return name === null ? [] : [{ relation: 'base_model' as const, name }];
  });
  return kind === 'mmproj' ? [] : bases.flat();
}

function toRepo(url: string | null): string | null {
  return /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/?$/.exec(url ?? '')?.[1] ?? null;
}

function toText(value: GgufValue | undefined): string | null {
  return value?.kind === 'scalar' && typeof value.value === 'string' && value.value !== '' ? value.value : null;
}

/** Some models give a count for each layer; the largest stands for all. */
function toCount(value: GgufValue | undefined): number | null {
  const numbers = (value?.kind === 'array' ? value.items : [value?.value]).filter((item) => typeof item === 'number' && Number.isSafeInteger(item) && item >= 0);
  return numbers.length === 0 ? null : Math.max(...numbers.map(Number));
}

function cut(value: string | number | boolean): string | number | boolean {
  return typeof value === 'string' && value.length > SHOWN_TEXT ? `${value.slice(0, SHOWN_TEXT)}…` : value;
}
