import type { Lineage, ModelParent, ModelVersion } from '#contract/models.ts';

/** Draws everything above and below one version. Parents that are not here are nodes too. A loop in the records ends where it closes. */
export function buildLineage(of: ModelVersion, all: readonly ModelVersion[]): Lineage {
  const byId = new Map<string, ModelVersion>(all.map((version) => [version.id, version]));
  const childrenOf = Map.groupBy(all.flatMap((version) => version.parents.map((parent) => ({ version, parent: idOf(resolveParent(parent, all)) }))), ({ parent }) => parent);
  const nodes = new Map<string, Lineage['nodes'][number]>();
  const edges = new Map<string, Lineage['edges'][number]>();
  const addEdge = (from: string, to: string, relation: ModelParent['relation']): void => { edges.set(`${from} ${to} ${relation}`, { from, to, relation }); };

  const climb = (version: ModelVersion): void => {
    nodes.set(version.id, toNode(version));
    for (const written of version.parents) {
      const parent = resolveParent(written, all);
      const known = parent.versionId === null ? undefined : byId.get(parent.versionId);
      addEdge(idOf(parent), version.id, parent.relation);
      if (nodes.has(idOf(parent))) continue;
      if (known === undefined) nodes.set(idOf(parent), toStranger(parent));
      else climb(known);
    }
  };
  const descend = (version: ModelVersion): void => {
    for (const { version: child } of childrenOf.get(version.id) ?? []) {
      const isNew = !nodes.has(child.id);
      climb(child);
      if (isNew) descend(child);
    }
  };
  climb(of);
  descend(of);
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** A parent that was written down by name is the version of that model which is here by now. */
export function resolveParent(parent: ModelParent, all: readonly ModelVersion[]): ModelParent {
  if (parent.versionId !== null) return parent;
  const here = all.findLast(({ modelName, reference }) => modelName === parent.name || reference === parent.name);
  return here === undefined ? parent : { ...parent, versionId: here.id };
}

function idOf({ versionId, relation, name }: ModelParent): string {
  return versionId ?? `${relation === 'training_job' || relation === 'dataset' ? relation : 'missing'}:${name}`;
}

function toNode({ id, reference, kind, status }: ModelVersion): Lineage['nodes'][number] {
  return { id, versionId: id, name: reference, kind: kind === 'adapter' ? 'adapter' : 'model', status };
}

function toStranger(parent: ModelParent): Lineage['nodes'][number] {
  const kind = parent.relation === 'training_job' || parent.relation === 'dataset' ? parent.relation : 'missing';
  return { id: idOf(parent), versionId: null, name: parent.name, kind, status: null };
}
