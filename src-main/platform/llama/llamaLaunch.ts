import type { ModelConfigSettings } from '#contract/modelConfigs.ts';

/** What a llama.cpp engine is started with, decided. Paths are absolute. */
export interface LlamaLaunch {
  readonly name: string;
  readonly settings: Pick<ModelConfigSettings, 'kvTypeK' | 'kvTypeV' | 'splitMode' | 'tensorSplit' | 'batchTokens' | 'flashAttention' | 'chatTemplate' | 'draft' | 'extraArgs'>;
  readonly modelPath: string | null;
  readonly mmprojPath: string | null;
  readonly draftPath: string | null;
  readonly adapters: readonly { readonly path: string; readonly scale: number }[];
  /** Per slot. */
  readonly contextTokens: number;
  readonly slots: number;
  readonly gpuLayers: number;
  readonly threads: number;
  readonly purpose: 'generate' | 'embed' | 'rerank';
  /** The variables that show it its devices and no others. */
  readonly environment: Readonly<Record<string, string>>;
}
