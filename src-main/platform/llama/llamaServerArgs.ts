import type { LlamaLaunch } from './llamaLaunch.ts';

export interface ServerListen {
  /** A local socket, or a free port of 127.0.0.1 where it is null. */
  readonly socketPath: string | null;
  /** Where the user's own template was written. */
  readonly templatePath: string | null;
}

/** How much RAM a server may keep for prompts of slots that went to others. Its own default is 8 GiB. */
const PROMPT_CACHE_MIB = 512;

/**
 * The arguments of llama-server for one load; what the program does not know is left out. Free ones come last and win.
 * Source: `llama-server --help` of llama.cpp v0.4.0.
 */
export function toServerArgs(launch: LlamaLaunch & { readonly modelPath: string }, { socketPath, templatePath }: ServerListen, isKnown: (flag: string) => boolean): string[] {
  const { settings, slots, contextTokens, threads } = launch;
  const ifKnown = (flag: string, ...values: readonly string[]): readonly string[] => (isKnown(flag) ? [flag, ...values] : []);
  const batchTokens = String(launch.purpose === 'generate' ? settings.batchTokens : Math.max(contextTokens, settings.batchTokens));
  return [
    '--model', launch.modelPath, ...ifKnown('--alias', launch.name),
    '--host', socketPath ?? '127.0.0.1', ...(socketPath === null ? ['--port', '0'] : []),
    '--ctx-size', String(contextTokens * slots), '--parallel', String(slots), ...ifKnown('--no-kv-unified'),
    '--threads', String(threads), '--threads-batch', String(threads), '--batch-size', batchTokens, '--ubatch-size', batchTokens,
    '--cache-type-k', settings.kvTypeK, '--cache-type-v', settings.kvTypeV, '--flash-attn', settings.flashAttention,
    ...listDeviceArgs(launch, ifKnown), ...listModelArgs(launch, templatePath, ifKnown), ...listPurposeArgs(launch.purpose),
    ...ifKnown('--cache-ram', String(PROMPT_CACHE_MIB)), ...ifKnown('--log-colors', 'off'), ...ifKnown('--log-verbosity', '4'), ...ifKnown('--offline'), ...ifKnown('--no-ui'),
    ...settings.extraArgs,
  ];
}

type IfKnown = (flag: string, ...values: readonly string[]) => readonly string[];

/** What was decided stays: the program does not fit it to the memory by itself. Without layers it takes no device at all. */
function listDeviceArgs({ gpuLayers, settings }: LlamaLaunch, ifKnown: IfKnown): string[] {
  const fixed = ifKnown('--fit', 'off');
  if (gpuLayers === 0) return [...fixed, '--n-gpu-layers', '0', '--device', 'none'];
  const split = settings.tensorSplit === null ? [] : ['--tensor-split', settings.tensorSplit.join(',')];
  return [...fixed, '--n-gpu-layers', String(gpuLayers), '--split-mode', settings.splitMode, ...split];
}

function listModelArgs({ mmprojPath, draftPath, adapters, settings, gpuLayers }: LlamaLaunch, templatePath: string | null, ifKnown: IfKnown): string[] {
  return [
    ...(mmprojPath === null ? [] : ['--mmproj', mmprojPath, ...(gpuLayers === 0 ? ifKnown('--no-mmproj-offload') : [])]),
    ...adapters.flatMap(({ path, scale }) => ['--lora-scaled', `${path}:${scale}`]),
    ...(templatePath === null ? [] : [...ifKnown('--jinja'), '--chat-template-file', templatePath]),
    ...(draftPath === null ? [] : [
      '--model-draft', draftPath, ...ifKnown('--spec-type', 'draft-simple'),
      ...ifKnown('--spec-draft-n-max', String(settings.draft?.maxTokens ?? 16)), ...ifKnown('--spec-draft-n-min', String(settings.draft?.minTokens ?? 0)),
      ...(gpuLayers === 0 ? ifKnown('--spec-draft-ngl', '0') : []),
    ]),
  ];
}

function listPurposeArgs(purpose: LlamaLaunch['purpose']): string[] {
  if (purpose === 'embed') return ['--embeddings'];
  return purpose === 'rerank' ? ['--reranking'] : [];
}
