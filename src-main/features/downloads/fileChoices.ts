import type { FileChoice, SelectableFile } from './fileSelection.ts';

const QUANTISATION = /(?:^|[-._/])((?:UD-)?(?:I?Q\d[A-Z0-9]*(?:_[A-Z0-9]+)*|TQ\d_\d|MXFP\d[A-Z0-9_]*|BF16|F16|F32|FP16|FP32))(?=[-._/]|$)/gi;
const SHARD = /-(\d{5})-of-(\d{5})(?=\.gguf$)/i;
/** What a repository of safetensors consists of beside its weights. */
const BESIDE_WEIGHTS = /\.(json|jinja|model|txt|md|py|tiktoken|vocab|merges|spm|bpe)$|^LICEN[CS]E|^NOTICE/i;
/** The same weights once more, in formats that nothing here needs when safetensors are there. */
const DOUBLED = /(^|\/)(pytorch_model|tf_model|flax_model|rust_model|model\.ckpt|consolidated\.)|\.(bin|pt|pth|ckpt|h5|msgpack|ot|onnx|gguf)$|(^|\/)(onnx|original|openvino|coreml)\//i;

/** What can be pulled as one from a repository: each quantisation with its shards, each mmproj, all safetensors or all pickles. */
export function listFileChoices(files: readonly SelectableFile[]): FileChoice[] {
  const ggufs = files.filter(({ path }) => /\.gguf$/i.test(path));
  const byLabel = Map.groupBy(ggufs, ({ path }) => (isMmproj(path) ? `mmproj-${toLabel(path)}` : toLabel(path)));
  const quantised = [...byLabel].map(([label, group]): FileChoice => ({ kind: label.startsWith('mmproj-') ? 'mmproj' : 'gguf', label, paths: pickOneModel(group) }));
  return [...quantised, ...listWhole(files, 'safetensors', /\.safetensors$/i), ...(files.some(({ path }) => /\.safetensors$/i.test(path)) ? [] : listWhole(files, 'pickle', /\.(bin|pt|pth)$/i))];
}

function listWhole(files: readonly SelectableFile[], kind: 'safetensors' | 'pickle', weights: RegExp): FileChoice[] {
  if (!files.some(({ path }) => weights.test(path))) return [];
  return [{ kind, label: kind, paths: files.map(({ path }) => path).filter((path) => weights.test(path) ? !/(^|\/)(original|onnx)\//.test(path) : BESIDE_WEIGHTS.test(path) && !DOUBLED.test(path)) }];
}

/** The quantisation that a name ends with, else the name itself. */
function toLabel(path: string): string {
  const stem = path.replace(SHARD, '').replace(/\.gguf$/i, '');
  const found = [...stem.matchAll(QUANTISATION)].at(-1)?.[1];
  return found?.toUpperCase() ?? stem.split('/').at(-1) ?? stem;
}

function isMmproj(path: string): boolean {
  return /mmproj/i.test(path.split('/').at(-1) ?? '');
}

/** Of several models under one label the first, whole or with all its shards. */
function pickOneModel(group: readonly SelectableFile[]): string[] {
  const models = [...Map.groupBy(group, ({ path }) => path.replace(SHARD, '')).values()];
  return models[0]?.map(({ path }) => path).toSorted() ?? [];
}
