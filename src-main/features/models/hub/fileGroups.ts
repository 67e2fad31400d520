import type { HubFile } from '../../../platform/hub/hub.ts';
import { readQuantisation } from '../inspect/nameFacts.ts';

export interface FileGroup {
  readonly kind: 'gguf' | 'safetensors' | 'mmproj' | 'onnx' | 'pickle';
  /** What one pulls it by, unique among the groups: the quantisation, else the name without its ending. */
  readonly label: string;
  readonly quantisation: string | null;
  /** In the order in which they are numbered; the first one has the header. */
  readonly files: readonly HubFile[];
  readonly sizeBytes: number;
}

/** The files that belong together, largest group first within each kind, and those that are no model. */
export interface FileGroups { readonly groups: readonly FileGroup[]; readonly others: readonly HubFile[] }

const SHARD = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i;
const COMPANION = /\.(json|txt|model|jinja|tiktoken|py)$/i;
const PICKLED = /(^|\/)(pytorch_model|model|diffusion_pytorch_model|adapter_model|consolidated)[^/]*\.(bin|pt|pth|ckpt)$/i;

/** Groups a repository's files into what one would pull as one: a GGUF with its shards, all safetensors with their settings. */
export function groupHubFiles(files: readonly HubFile[]): FileGroups {
  const groups = [...groupGguf(files), ...groupSafetensors(files), ...groupOnnx(files), ...groupPickled(files)];
  const taken = new Set(groups.flatMap((group) => group.files.map(({ path }) => path)));
  return { groups, others: files.filter(({ path }) => !taken.has(path)) };
}

/** A GGUF of which a shard is missing is no group. An importance matrix is no model. */
function groupGguf(files: readonly HubFile[]): FileGroup[] {
  const byStem = Map.groupBy(files.filter(({ path }) => /\.gguf$/i.test(path) && !/imatrix/i.test(nameOf(path))), ({ path }) => shardingOf(path));
  const complete = [...byStem.values()].filter(isComplete).map((shards) => shards.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
  const drafts = complete.map((shards) => toGgufGroup(shards));
  const counts = Map.groupBy(drafts, ({ label }) => label);
  const unique = drafts.map((group) => ((counts.get(group.label)?.length ?? 0) > 1 ? { ...group, label: nameOf(stemOf(group.files[0]?.path ?? '')) } : group));
  return unique.toSorted((a, b) => Number(a.kind === 'mmproj') - Number(b.kind === 'mmproj') || b.sizeBytes - a.sizeBytes);
}

function toGgufGroup(shards: readonly HubFile[]): FileGroup {
  const stem = stemOf(shards[0]?.path ?? '');
  const quantisation = readQuantisation(`${stem}.gguf`) ?? readQuantisation(`${stem.split('/').at(-2) ?? ''}.gguf`);
  if (/mmproj/i.test(nameOf(stem))) return { kind: 'mmproj', label: quantisation === null ? 'mmproj' : `mmproj-${quantisation}`, quantisation, files: shards, sizeBytes: sizeOf(shards) };
  return { kind: 'gguf', label: quantisation ?? nameOf(stem), quantisation, files: shards, sizeBytes: sizeOf(shards) };
}

/** `consolidated…` is the same weights in another program's layout. */
function groupSafetensors(files: readonly HubFile[]): FileGroup[] {
  const weights = files.filter(({ path }) => /\.safetensors$/i.test(path));
  const usual = weights.filter(({ path }) => !/^consolidated/i.test(nameOf(path)));
  return toWholeGroup('safetensors', usual.length > 0 ? usual : weights, files);
}

function groupPickled(files: readonly HubFile[]): FileGroup[] {
  return toWholeGroup('pickle', files.filter(({ path }) => PICKLED.test(path)), files);
}

function groupOnnx(files: readonly HubFile[]): FileGroup[] {
  const graphs = files.filter(({ path }) => /\.onnx$/i.test(path));
  return graphs.map((graph) => {
    const own = files.filter(({ path }) => path === graph.path || path.startsWith(`${graph.path}_data`) || path === `${graph.path}.data`);
    const all = [...own, ...companionsOf(files)];
    return { kind: 'onnx' as const, label: graphs.length === 1 ? 'onnx' : graph.path.replace(/\.onnx$/i, ''), quantisation: null, files: all, sizeBytes: sizeOf(all) };
  });
}

function toWholeGroup(kind: 'safetensors' | 'pickle', weights: readonly HubFile[], files: readonly HubFile[]): FileGroup[] {
  if (weights.length === 0) return [];
  const all = [...weights, ...companionsOf(files)];
  return [{ kind, label: kind, quantisation: null, files: all, sizeBytes: sizeOf(all) }];
}

/** Settings, tokenizers and code that a repository's weights are loaded with. */
function companionsOf(files: readonly HubFile[]): HubFile[] {
  return files.filter(({ path }) => COMPANION.test(path));
}

function isComplete(shards: readonly HubFile[]): boolean {
  const total = SHARD.exec(shards[0]?.path ?? '')?.[3];
  return shards.length === Number(total ?? 1);
}

/** What the shards of one file have in common: two splittings of one model are two groups. */
function shardingOf(path: string): string {
  return `${stemOf(path)} of ${SHARD.exec(path)?.[3] ?? '1'}`;
}

/** The path without its ending and without its number among the shards. */
function stemOf(path: string): string {
  return SHARD.exec(path)?.[1] ?? path.replace(/\.gguf$/i, '');
}

function nameOf(path: string): string {
  return path.split('/').at(-1) ?? path;
}

function sizeOf(files: readonly HubFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
