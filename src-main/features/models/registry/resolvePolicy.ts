import type { ModelVersion } from '#contract/models.ts';

/** The version that a model's bare name means: of those that are there the newest active one, else the newest that is not archived. */
export function chooseVersion(versions: readonly ModelVersion[]): ModelVersion | undefined {
  const there = versions.filter(({ health }) => health !== 'missing' && health !== 'quarantined');
  const newestFirst = (there.length > 0 ? there : versions).toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  return newestFirst.find(({ status }) => status === 'active') ?? newestFirst.find(({ status }) => status === 'candidate') ?? newestFirst[0];
}
