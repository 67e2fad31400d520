import { expect, test } from 'vitest';
import { planLineage } from './lineageLayout.ts';

test('what a version came from stands above it, and nothing overlaps', () => {
  const node = (id: string) => ({ id, versionId: null, name: id, kind: 'model' as const, status: null });
  const plan = planLineage({ nodes: ['base', 'data', 'tuned', 'small'].map(node), edges: [{ from: 'base', to: 'tuned', relation: 'base_model' }, { from: 'data', to: 'tuned', relation: 'dataset' }, { from: 'tuned', to: 'small', relation: 'quantised_from' }] });
  const at = (id: string): { x: number; y: number } => plan.nodes.find((each) => each.id === id) ?? { x: Number.NaN, y: Number.NaN };

  expect([at('base').y === at('data').y, at('base').y < at('tuned').y, at('tuned').y < at('small').y]).toEqual([true, true, true]);
  expect(Math.abs(at('base').x - at('data').x)).toBeGreaterThanOrEqual(200);
  expect(plan.edges.every(({ points }) => points.length >= 2)).toBe(true);
});
