import { expect, test } from 'vitest';
import { modelVersionId } from '#contract/modelIds.ts';
import type { ModelFile, ModelVersion } from '#contract/models.ts';
import { createLocalModels } from './localModels.ts';

const weights = (sha256: string | null): ModelFile => ({ path: 'w', sizeBytes: 1, sha256, role: 'weights' });
const aVersion = (id: string, files: ModelFile[], rest: Partial<Pick<ModelVersion, 'health' | 'source'>> = {}): Pick<ModelVersion, 'id' | 'source' | 'files' | 'health'> =>
  ({ id: modelVersionId.parse(id), files, health: 'ok', source: { kind: 'hub', repo: 'acme/tiny', revision: 'main', commit: 'c' }, ...rest });

test('versions of a repository are counted while their files are there', () => {
  const local = createLocalModels(() => [aVersion('a', []), aVersion('b', [], { health: 'missing' }), aVersion('c', [], { source: { kind: 'stock' } })]);

  expect([local.countOf('acme/tiny'), local.countOf('acme/other')]).toEqual([1, 0]);
});

test('a version is found by what its weights contain, whole, and wherever it came from', () => {
  const local = createLocalModels(() => [
    aVersion('unhashed', [weights(null)]), aVersion('none', []), aVersion('more', [weights('1'), weights('3')]),
    aVersion('same', [weights('1'), weights('2'), { path: 'README.md', sizeBytes: 1, sha256: '9', role: 'card' }], { source: { kind: 'stock' } }),
  ]);

  expect([local.findVersion(['1', '2']), local.findVersion(['1']), local.findVersion([])]).toEqual(['same', null, null]);
});

test('a projector beside the weights does not matter, one by itself is found', () => {
  const projector: ModelFile = { path: 'm', sizeBytes: 1, sha256: '5', role: 'mmproj' };
  const local = createLocalModels(() => [aVersion('seeing', [weights('1'), projector]), aVersion('projector', [projector])]);

  expect([local.findVersion(['1']), local.findVersion(['5'])]).toEqual(['seeing', 'projector']);
});
