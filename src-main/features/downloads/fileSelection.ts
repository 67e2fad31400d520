import type { DownloadSelection } from '#contract/downloads.ts';

export interface SelectableFile { path: string; sizeBytes: number }
/** Files that are pulled as one under a label. */
export interface FileChoice { kind: 'gguf' | 'mmproj' | 'safetensors' | 'onnx' | 'pickle'; label: string; paths: readonly string[] }

/** What a selection takes, and under which name; no paths where it takes nothing. */
export interface SelectedFiles { label: string; paths: string[] }

/** Files that say what a model is: small, and wanted beside any weights. */
const CARD = /^(README\.md|LICEN[CS]E[^/]*|NOTICE[^/]*)$/i;

/** Which files of a repository a selection means. `recommended` is the label for this machine, null where none is known. */
export function selectFiles({ selection, files, choices, recommended }: { selection: DownloadSelection; files: readonly SelectableFile[]; choices: readonly FileChoice[]; recommended: string | null }): SelectedFiles {
  if (selection.kind === 'patterns') return { label: selection.include.join(', ').slice(0, 120), paths: matchPatterns(files, selection) };
  const wanted = selection.kind === 'label' ? selection.label : recommended ?? choices.find(({ kind }) => kind !== 'mmproj')?.label ?? '';
  const choice = choices.find(({ label }) => label.toLowerCase() === wanted.toLowerCase());
  if (choice === undefined) return { label: wanted, paths: [] };
  const isSeeing = choice.kind === 'gguf' && (selection.kind === 'recommended' || selection.withMmproj);
  const cards = files.map(({ path }) => path).filter((path) => CARD.test(path));
  return { label: choice.label, paths: [...new Set([...cards, ...choice.paths, ...(isSeeing ? findMmproj(choices) : [])])] };
}

function findMmproj(choices: readonly FileChoice[]): readonly string[] {
  return choices.find(({ kind }) => kind === 'mmproj')?.paths.slice(0, 1) ?? [];
}

function matchPatterns(files: readonly SelectableFile[], { include, exclude }: { include: readonly string[]; exclude: readonly string[] }): string[] {
  const [wanted, unwanted] = [include.map(toExpression), exclude.map(toExpression)];
  return files.map(({ path }) => path).filter((path) => wanted.some((one) => one.test(path)) && !unwanted.some((one) => one.test(path)));
}

/** `*` within a folder, `**` across folders, `?` one character; a pattern without a slash matches names in any folder. */
export function toExpression(pattern: string): RegExp {
  const body = pattern.split(/(\*\*\/|\*\*|\*|\?)/).map((piece) => {
    if (piece === '**/') return '(?:.*/)?';
    if (piece === '**') return '.*';
    if (piece === '*') return '[^/]*';
    if (piece === '?') return '[^/]';
    return piece.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  }).join('');
  return new RegExp(`^${pattern.includes('/') ? '' : '(?:.*/)?'}${body}$`);
}
