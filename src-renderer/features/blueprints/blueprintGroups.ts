import type { Blueprint, BlueprintProblem } from '#contract/blueprints.ts';
import type { Instance } from '#contract/instances.ts';

/** The groups in the order in which they are shown. */
export const blueprintGroups = ['custom', 'stock', 'unparsed'] as const satisfies readonly Blueprint['group'][];

export interface BlueprintGroup { group: Blueprint['group']; blueprints: readonly Blueprint[] }

/** Groups that hold something, by name within; a filter looks at name, category, kind and file. */
export function groupBlueprints(blueprints: readonly Blueprint[], filter: string): BlueprintGroup[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = blueprints.filter((blueprint) => words.every((word) => toSearchText(blueprint).includes(word)));
  return blueprintGroups.flatMap((group) => {
    const members = shown.filter((blueprint) => blueprint.group === group).toSorted((a, b) => a.header.name.localeCompare(b.header.name, 'en') || a.id.localeCompare(b.id, 'en'));
    return members.length === 0 ? [] : [{ group, blueprints: members }];
  });
}

function toSearchText({ header, stem }: Blueprint): string {
  return [header.name, header.category, header.kind, header.description, stem].filter(Boolean).join(' ').toLowerCase();
}

/** Names of the instances that are made from a blueprint. */
export function listUsers(id: string, instances: readonly Instance[]): string[] {
  return instances.filter(({ blueprintId }) => blueprintId === id).map(({ name }) => name).toSorted((a, b) => a.localeCompare(b, 'en'));
}

export function countProblems(problems: readonly BlueprintProblem[]): { errors: number; warnings: number } {
  const errors = problems.filter(({ level }) => level === 'error').length;
  return { errors, warnings: problems.length - errors };
}

/** A stem for a copy that no custom blueprint has yet. */
export function findFreeStem(stem: string, blueprints: readonly Blueprint[]): string {
  const base = stem.toLowerCase().replace(/[^a-z0-9._-]+/g, '-').replace(/^[^a-z0-9]+/, '').slice(0, 70).replace(/-+$/, '') || 'blueprint';
  const taken = new Set(blueprints.filter(({ origin }) => origin === 'custom').map((blueprint) => blueprint.stem));
  const candidates = [`${base}-custom`, ...Array.from({ length: 99 }, (_, index) => `${base}-custom-${index + 2}`)];
  return candidates.find((candidate) => !taken.has(candidate)) ?? base;
}
