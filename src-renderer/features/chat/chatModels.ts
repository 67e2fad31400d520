import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ModelVersion } from '#contract/models.ts';
import type { ServedModel } from '#contract/serving.ts';

/** The model that ships with Wheelhouse. */
export const GUIDE = 'wheelhouse-guide';

/** A model that can be asked, with where it stands. */
export interface ChatModelView {
  name: string;
  aliases: readonly string[];
  /** Of its weights; null where there are none here. */
  reference: string | null;
  /** Whether it takes pictures, or who does not; `unknown` for another machine's. */
  pictures: 'taken' | 'unknown' | 'not_by_model' | 'not_by_engine';
  /** Per slot; null where nobody knows. */
  contextTokens: number | null;
  problem: ModelConfig['problem'];
  state: ServedModel['state'];
  /** Of 1, while loading. */
  progress: number | null;
}

interface Sources { configs: Readonly<Record<string, ModelConfig>>; versions: Readonly<Record<string, ModelVersion>>; served: readonly ServedModel[] }

/** The models that chat: those that can be asked now first, then by name. */
export function listChatModels({ configs, versions, served }: Sources): ChatModelView[] {
  const states = new Map<string, ServedModel>(served.map((model) => [model.configId, model]));
  return Object.values(configs).flatMap((config): ChatModelView[] => {
    const version = config.versionId === null ? undefined : versions[config.versionId];
    if (version !== undefined && !version.capabilities.includes('chat')) return [];
    const state = states.get(config.id);
    return [{
      name: config.name, aliases: config.aliases, reference: version?.reference ?? null, problem: config.problem, state: state?.state ?? 'unloaded', progress: state?.progress ?? null,
      pictures: toPictures(config, version, state), contextTokens: toContextTokens(config, version, state),
    }];
  }).sort((left, right) => Number(left.problem !== null) - Number(right.problem !== null) || left.name.localeCompare(right.name));
}

export function toPictures(config: ModelConfig, version: ModelVersion | undefined, served: Pick<ServedModel, 'engine'> | undefined): ChatModelView['pictures'] {
  if (version === undefined) return 'unknown';
  if (!version.capabilities.includes('vision') && config.mmproj === null) return 'not_by_model';
  return served?.engine === 'embedded' ? 'not_by_engine' : 'taken';
}

/** What a model has where its configuration says nothing, unless its own is less. */
const USUAL_CONTEXT_TOKENS = 8_192;

export function toContextTokens(config: ModelConfig, version: ModelVersion | undefined, served: Pick<ServedModel, 'contextTokens'> | undefined): number | null {
  const loaded = served?.contextTokens ?? 0;
  if (loaded > 0) return loaded;
  if (config.contextTokens !== null || version === undefined) return config.contextTokens;
  return version.contextTokens === null ? null : Math.min(version.contextTokens, USUAL_CONTEXT_TOKENS);
}

/** By its name, another of its names, or the reference of its weights. */
export function findChatModel(models: readonly ChatModelView[], name: string | null): ChatModelView | null {
  if (name === null) return null;
  return models.find((model) => model.name === name || model.aliases.includes(name)) ?? models.find(({ reference }) => reference === name) ?? null;
}

/** Those of some names that are known, each under the name it was chosen by. */
export function listAsked(models: readonly ChatModelView[], names: readonly (string | null)[]): ChatModelView[] {
  return names.flatMap((name) => {
    const model = findChatModel(models, name);
    return model === null || name === null ? [] : [{ ...model, name }];
  });
}

/** Whom to compare with: a model that is loaded, else one that can be; one that failed to load only where there is no other. */
export function chooseCompared(models: readonly ChatModelView[], model: string | null): string | null {
  const own = findChatModel(models, model);
  const others = models.filter((other) => other.problem === null && other.name !== own?.name);
  const byState = (...keys: ReturnType<typeof toStateKey>[]): ChatModelView | undefined => others.find((other) => keys.includes(toStateKey(other)));
  return (byState('loaded') ?? byState('loading', 'notLoaded', 'ending') ?? others[0])?.name ?? null;
}

/** What a new conversation is begun with: the model used last, else the one that ships, else the first that can be asked. */
export function chooseModel(models: readonly ChatModelView[], last: string | null): string | null {
  const usable = models.filter(({ problem }) => problem === null);
  return (findChatModel(usable, last) ?? findChatModel(usable, GUIDE) ?? usable[0])?.name ?? null;
}

/** The word of its state, as the key under `chat.state.`. */
export function toStateKey({ state, problem }: ChatModelView): 'loaded' | 'loading' | 'notLoaded' | 'ending' | 'failed' | 'cannot' {
  if (problem !== null) return 'cannot';
  switch (state) {
    case 'ready': case 'busy': return 'loaded';
    case 'queued': case 'loading': return 'loading';
    case 'draining': case 'unloading': return 'ending';
    case 'failed': return 'failed';
    case 'unloaded': return 'notLoaded';
  }
}
