import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ServedModel } from '#contract/serving.ts';

/** Served models by what can be done with them: `loaded` and on the way, `rest` that can be loaded, `barred` that cannot be served. */
export type EngineGroups = Record<'loaded' | 'rest' | 'barred', ServedModel[]>;

/** Whether nothing of it is in memory or on its way there. */
export function isOff({ state }: Pick<ServedModel, 'state'>): boolean {
  return state === 'unloaded' || state === 'failed';
}

/** What failed comes first among what can be loaded. */
export function groupEngines(models: readonly ServedModel[], configs: Readonly<Record<string, ModelConfig>>): EngineGroups {
  const off = models.filter(isOff).toSorted((left, right) => Number(right.state === 'failed') - Number(left.state === 'failed'));
  const isBarred = ({ configId }: ServedModel): boolean => (configs[configId]?.problem ?? null) !== null;
  return { loaded: models.filter((model) => !isOff(model)), rest: off.filter((model) => !isBarred(model)), barred: off.filter(isBarred) };
}
