import { basename, dirname, extname } from 'node:path';
import type { ModelFile, ModelFormat } from '#contract/models.ts';
import type { ListedFile } from './modelFileList.ts';

export interface GroupedFile extends ListedFile { readonly role: ModelFile['role'] }

/** The files of one version. `weights` come in the order of their parts; the first one carries the metadata. */
export interface FileGroup {
  readonly format: ModelFormat;
  readonly folder: string;
  readonly files: readonly GroupedFile[];
}

const PART = /^(.*)-(\d{5})-of-(\d{5})(\.[A-Za-z0-9_]+)$/;
const PICKLED = new Set(['.bin', '.pt', '.pth', '.ckpt', '.pkl']);
const CONFIGS = /^(config|generation_config|adapter_config|modules|preprocessor_config|processor_config|params|quantize_config|chat_template)\.(json|jinja)$|\.index\.json$/;
const TOKENIZERS = /^(tokenizer.*|vocab.*|merges\.txt|special_tokens_map\.json|added_tokens\.json|spiece\.model|.*\.tiktoken)$/;
const CARDS = /^(readme|license|licence|modelfile)(\..*)?$/i;
/** Pickles that lie beside weights without being weights. */
const NO_WEIGHTS = /^(training_args|optimizer|scheduler|scaler|rng_state.*|random_states.*|tokenizer)\.(bin|pt|pth|pkl)$/;

/** What a file name says of the format; null for files that are no weights. */
export function formatOf(path: string): ModelFormat | null {
  const extension = extname(path).toLowerCase();
  if (extension === '.gguf') return 'gguf';
  if (extension === '.safetensors') return 'safetensors';
  if (extension === '.onnx') return 'onnx';
  return PICKLED.has(extension) ? 'pickle' : null;
}

export function isMmproj(path: string): boolean {
  return /mmproj/i.test(basename(path)) && formatOf(path) === 'gguf';
}

/** Sorts files into versions: each GGUF with its parts is one, each folder of safetensors, of ONNX or of pickles is one. */
export function groupFiles(files: readonly ListedFile[]): FileGroup[] {
  const folders = Map.groupBy(files, ({ path }) => dirname(path));
  return [...folders].flatMap(([folder, inside]) => {
    const projector = inside.find(({ path }) => isMmproj(path)) ?? folders.get(dirname(folder))?.find(({ path }) => isMmproj(path));
    return groupFolder(folder, inside, projector);
  });
}

function groupFolder(folder: string, files: readonly ListedFile[], projector: ListedFile | undefined): FileGroup[] {
  const of = (format: ModelFormat): ListedFile[] => files.filter(({ path }) => formatOf(path) === format);
  const ggufs = of('gguf').filter(({ path }) => !isMmproj(path));
  const groups = groupParts(ggufs).map((parts) => ({ format: 'gguf' as const, folder, files: [...withRole(parts, 'weights'), ...(projector ? withRole([projector], 'mmproj') : [])] }));
  const lonely = ggufs.length === 0 ? files.filter(({ path }) => isMmproj(path)).map((file) => ({ format: 'gguf' as const, folder, files: withRole([file], 'mmproj') })) : [];
  const safetensors = groupFolderWeights('safetensors', folder, of('safetensors'), files);
  const onnx = groupFolderWeights('onnx', folder, of('onnx'), files);
  const pickles = safetensors.length > 0 ? [] : groupPickles(folder, of('pickle').filter(({ path }) => !NO_WEIGHTS.test(basename(path))), files);
  return [...groups, ...lonely, ...safetensors, ...onnx, ...pickles];
}

function groupFolderWeights(format: ModelFormat, folder: string, weights: readonly ListedFile[], all: readonly ListedFile[]): FileGroup[] {
  if (weights.length === 0) return [];
  const isAdapter = all.some(({ path }) => basename(path) === 'adapter_config.json');
  const sorted = weights.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const more = format === 'onnx' ? all.filter(({ path }) => /\.onnx[._]data/.test(path)) : [];
  return [{ format, folder, files: [...withRole([...sorted, ...more], isAdapter ? 'adapter' : 'weights'), ...besideWeights(all)] }];
}

/** In a folder of a whole model the pickles belong together; alone each is one. */
function groupPickles(folder: string, pickles: readonly ListedFile[], all: readonly ListedFile[]): FileGroup[] {
  const isWhole = all.some(({ path }) => basename(path) === 'config.json' || basename(path) === 'adapter_config.json');
  if (isWhole) return groupFolderWeights('pickle', folder, pickles, all);
  return groupParts(pickles).map((parts) => ({ format: 'pickle', folder, files: withRole(parts, 'weights') }));
}

function groupParts(files: readonly ListedFile[]): ListedFile[][] {
  const groups = Map.groupBy(files, ({ path }) => { const part = PART.exec(basename(path)); return part === null ? path : `${part[1] ?? ''} of ${part[3] ?? ''}`; });
  return [...groups.values()].map((parts) => parts.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
}

function besideWeights(files: readonly ListedFile[]): GroupedFile[] {
  return files.flatMap((file) => {
    const name = basename(file.path);
    if (CONFIGS.test(name)) return withRole([file], 'config');
    if (TOKENIZERS.test(name)) return withRole([file], 'tokenizer');
    return CARDS.test(name) ? withRole([file], 'card') : [];
  });
}

function withRole(files: readonly ListedFile[], role: ModelFile['role']): GroupedFile[] {
  return files.map((file) => ({ ...file, role }));
}

/** Whether all parts are there, by the count in their names. */
export function hasAllParts({ files }: FileGroup): boolean {
  const weights = files.filter(({ role }) => role === 'weights' || role === 'adapter');
  const counts = weights.flatMap(({ path }) => PART.exec(basename(path))?.[3] ?? []);
  return counts.length === 0 || counts.length === Number(counts[0]);
}
