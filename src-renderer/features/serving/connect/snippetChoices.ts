import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ModelVersion } from '#contract/models.ts';
import type { ServedModel } from '#contract/serving.ts';

/** A model that clients may be told of. `contextTokens` counts for one answer, `maxContextTokens` is what it was made for. */
export interface SnippetChoice { configId: string; name: string; reference: string | null; isLoaded: boolean; canChat: boolean; canInfill: boolean; contextTokens: number; maxContextTokens: number | null }

interface Known { configs: Readonly<Record<string, ModelConfig>>; versions: Readonly<Record<string, ModelVersion>> }

/** What a model gets per slot when nothing is set: its own context, at most this. */
const DEFAULT_CONTEXT_TOKENS = 8_192;

/** Every model that can be served, those that chat first, and of these the loaded ones. */
export function toSnippetChoices(models: readonly ServedModel[], known: Known): SnippetChoice[] {
  const choices = models.filter(({ configId }) => (known.configs[configId]?.problem ?? null) === null).map((model) => toChoice(model, known));
  const rank = ({ canChat, isLoaded }: SnippetChoice): number => (canChat ? 2 : 0) + (isLoaded ? 1 : 0);
  return choices.toSorted((left, right) => rank(right) - rank(left));
}

function toChoice({ configId, name, versionId, state, contextTokens }: ServedModel, { configs, versions }: Known): SnippetChoice {
  const version = versionId === null ? null : versions[versionId] ?? null;
  const settings = configs[configId];
  return {
    configId, name, isLoaded: state === 'ready' || state === 'busy', ...toAbilities(version),
    contextTokens: contextTokens ?? settings?.contextTokens ?? Math.min(DEFAULT_CONTEXT_TOKENS, version?.contextTokens ?? DEFAULT_CONTEXT_TOKENS),
  };
}

/** What answers elsewhere is taken to chat. */
function toAbilities(version: ModelVersion | null): Pick<SnippetChoice, 'reference' | 'canChat' | 'canInfill' | 'maxContextTokens'> {
  if (version === null) return { reference: null, canChat: true, canInfill: false, maxContextTokens: null };
  const { reference, capabilities, contextTokens } = version;
  return { reference, canChat: capabilities.includes('chat'), canInfill: capabilities.includes('infill'), maxContextTokens: contextTokens };
}
