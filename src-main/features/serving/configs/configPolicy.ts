import { modelConfigId, modelConfigSettings, type ModelConfig, type ModelConfigId, type ModelConfigSettings } from '#contract/modelConfigs.ts';
import type { ModelVersion } from '#contract/models.ts';
import type { KeptConfig } from './configRepository.ts';

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._/:@+-]*$/u;
const SERVABLE = new Set(['chat', 'completion', 'embeddings', 'rerank']);
const MOST_ALIASES = 20;

/** What decides whether a configuration can be served. */
export interface ConfigFacts {
  readonly find: (reference: string) => ModelVersion | null;
  /** Whether an engine is there that could run it. */
  readonly hasEngine: (settings: ModelConfigSettings, version: ModelVersion | null) => boolean;
}

/** Every configuration: those that were made, then each servable version's own, unless one that was made took its place or its name. No name is there twice. */
export function listConfigs(kept: readonly KeptConfig[], versions: readonly ModelVersion[], facts: ConfigFacts): ModelConfig[] {
  const explicit = kept.map((one) => toConfig(one, facts));
  const replaced = new Set(kept.flatMap(({ replaces }, index) => (replaces !== null && replaces === explicit[index]?.versionId ? [replaces] : [])));
  const taken = new Set(explicit.flatMap(({ name, aliases }) => [name, ...aliases]));
  const ids = new Set<string>(explicit.map(({ id }) => id));
  const byModel = Map.groupBy(versions, ({ modelName }) => modelName);
  const implicit = versions.filter((version) => isServable(version) && !replaced.has(version.id)).flatMap((version) => {
    const isMeant = byModel.get(version.modelName)?.length === 1 || facts.find(version.modelName)?.id === version.id;
    const config = toImplicit(version, { taken, ids, isMeant, facts });
    for (const name of config === null ? [] : [config.name, ...config.aliases]) taken.add(name);
    return config ?? [];
  });
  return [...explicit, ...implicit];
}

/** Whether requests can be answered with it at all. */
export function isServable({ kind, health, capabilities }: ModelVersion): boolean {
  return kind === 'model' && (health === 'ok' || health === 'verifying' || health === 'changed') && capabilities.some((capability) => SERVABLE.has(capability));
}

function toConfig({ id, settings, createdAtMs, updatedAtMs }: KeptConfig, facts: ConfigFacts): ModelConfig {
  const version = settings.model === null ? null : facts.find(settings.model);
  return { ...settings, id, versionId: version?.id ?? null, isImplicit: false, createdAtMs, updatedAtMs, problem: findProblem(settings, version, facts) };
}

/** The model that comes along knows its sentences by heart: chance would only mix them up. */
const STOCK_SAMPLING = { temperature: 0 } as const;

interface ImplicitFacts { readonly taken: ReadonlySet<string>; readonly ids: ReadonlySet<string>; readonly isMeant: boolean; readonly facts: ConfigFacts }

function toImplicit(version: ModelVersion, { taken, ids, isMeant, facts }: ImplicitFacts): ModelConfig | null {
  const name = version.reference.replace(/[^\p{L}\p{N}._/:@+-]/gu, '-').replace(/^[^\p{L}\p{N}]+/u, '').slice(0, 200);
  if (name === '' || taken.has(name)) return null;
  const wanted = [...(isMeant ? [version.modelName] : []), ...version.roles, ...version.aliases];
  const aliases = [...new Set(wanted)].filter((alias) => NAME.test(alias) && alias.length <= 200 && alias !== name && !taken.has(alias)).slice(0, MOST_ALIASES);
  const settings = modelConfigSettings.parse({ name, aliases, model: version.id, ...(version.storage === 'stock' && { sampling: STOCK_SAMPLING }) });
  return { ...settings, id: toFreeId(version, ids), versionId: version.id, isImplicit: true, createdAtMs: version.createdAtMs, updatedAtMs: version.createdAtMs, problem: findProblem(settings, version, facts) };
}

/** One that was changed keeps its id; should it mean another model by now, the version's own comes back under the next. */
function toFreeId(version: ModelVersion, ids: ReadonlySet<string>): ModelConfigId {
  const toId = (count: number): string => `auto${count === 0 ? '' : count}_${version.id}`.slice(0, 80);
  let count = 0;
  while (ids.has(toId(count))) count += 1;
  return modelConfigId.parse(toId(count));
}

/** Why it cannot be served now; null when it can. */
export function findProblem(settings: ModelConfigSettings, version: ModelVersion | null, { hasEngine }: Pick<ConfigFacts, 'hasEngine'>): ModelConfig['problem'] {
  if (!settings.isEnabled) return 'disabled';
  return findModelProblem(settings, version) ?? (hasEngine(settings, version) ? null : 'no_engine');
}

/** Why a configuration must not be served, whoever asks and although it might work; null when it may. */
export function findBar({ problem }: Pick<ModelConfig, 'problem'>): string | null {
  if (problem === 'disabled') return 'it is switched off';
  return problem === 'quarantined' ? 'its files are not those that were published' : null;
}

const GONE = new Set<ModelVersion['health']>(['missing', 'unreadable']);

function findModelProblem({ model, engine }: ModelConfigSettings, version: ModelVersion | null): ModelConfig['problem'] {
  if (model === null || engine === 'external') return null;
  if (version === null || GONE.has(version.health)) return 'model_gone';
  if (version.health === 'quarantined') return 'quarantined';
  return version.kind === 'model' && canRunFormat(version.format, engine) ? null : 'unsupported_format';
}

/** A container decides for itself what it can read. */
function canRunFormat(format: ModelVersion['format'], engine: ModelConfigSettings['engine']): boolean {
  if (engine === 'container' || format === 'gguf') return true;
  return format === 'safetensors' && engine === 'auto';
}
