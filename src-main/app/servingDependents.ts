import type { RemovalPlan } from '#contract/models.ts';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { ModelServer } from './modelServer.ts';

const GONE = new Set(['unloaded', 'failed']);

/** What of the serving stands on a version: configurations that were made for it, and engines that hold it now. */
export function listServingDependents({ configs, serving }: Pick<ModelServer, 'configs' | 'serving'>, versionId: ModelVersionId): RemovalPlan['dependents'] {
  const made = configs.list().filter((config) => config.versionId === versionId && !config.isImplicit);
  const loaded = serving.list().filter((model) => model.versionId === versionId && !GONE.has(model.state));
  return [
    ...made.map(({ id, name }) => ({ kind: 'config' as const, id, name })),
    ...loaded.map(({ configId, name }) => ({ kind: 'engine' as const, id: configId, name })),
  ];
}
