import type { ModelVersion } from '#contract/models.ts';
import type { GridGroup } from '../../../ui/table/gridRows.ts';

/** Versions by family, in the order of the families' names; those whose words hold every word of the filter. */
export function groupVersions(versions: readonly ModelVersion[], filter: string): GridGroup<ModelVersion>[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const found = versions.filter((version) => { const text = toText(version); return words.every((word) => text.includes(word)); });
  const byFamily = Object.groupBy(found, ({ family }) => family);
  return Object.entries(byFamily).toSorted(([left], [right]) => left.localeCompare(right, 'en')).map(([family, rows = []]) => ({ key: family, title: family, rows: rows.toSorted((left, right) => left.reference.localeCompare(right.reference, 'en', { numeric: true })) }));
}

function toText({ reference, family, format, architecture, capabilities, tags, aliases, roles, status, storage }: ModelVersion): string {
  return [reference, family, format, architecture ?? '', ...capabilities, ...tags, ...aliases, ...roles, status, storage].join(' ').toLowerCase();
}
