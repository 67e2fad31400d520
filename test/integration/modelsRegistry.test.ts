import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ImportProgress, ModelVersion, RemovalPlan } from '#contract/models.ts';
import { readConfig } from '../../src-main/app/config.ts';
import { createRegistryFeatures, type RegistryFeatures } from '../../src-main/app/registryFeatures.ts';
import { systemClock } from '../../src-main/base/clock.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { openMemoryDatabase } from '../fakes/facts/aGpu.ts';
import { makeTinyGguf } from '../fakes/models/makeTinyGguf.ts';
import { putIntoHuggingFace, putIntoOllama } from '../support/modelCaches.ts';
import { waitFor } from '../support/waitFor.ts';

const COMMITS = ['a1b2c3d4e5f60718293a4b5c6d7e8f9012345678', 'b1b2c3d4e5f60718293a4b5c6d7e8f9012345678'] as const;
const MB = 1_000_000;
let user = '';
let registry: RegistryFeatures;

beforeEach(() => {
  user = mkdtempSync(join(tmpdir(), 'models-registry-'));
  mkdirSync(join(user, 'own'));
  const environment = { HF_HOME: join(user, 'hf'), OLLAMA_MODELS: join(user, 'ollama') };
  registry = createRegistryFeatures({ isListingOthers: () => true,
    config: { ...readConfig({ home: join(user, 'home'), environment, resources: user }), environment: { ...process.env } },
    opened: { database: openMemoryDatabase(), schemaVersion: 1, supportedVersion: 1, isReadOnly: false, keptAsidePath: null, backupPath: null },
    journal: { record: () => ({}) } as never, leases: {} as never, listDependents: () => [], entries: {}, clock: systemClock, log: silentLog,
  });
});
afterEach(async () => {
  await registry.stop();
  rmSync(user, { recursive: true, force: true });
});

const aModel = (name: string, options: Parameters<typeof makeTinyGguf>[1] = {}): string => makeTinyGguf(join(user, 'own', name), options).path;

function aDownload(from: string): string {
  return putIntoHuggingFace(join(user, 'home', 'models', 'huggingface', 'hub'), { repo: 'acme/child-GGUF', commit: COMMITS[0], files: { 'child-F32.gguf': from } });
}

function takeIn(folder: string, baseModels: readonly string[]): Promise<readonly string[]> {
  const absolutePath = join(folder, 'child-F32.gguf');
  return registry.takeInDownload({ repo: 'acme/child-GGUF', revision: 'main', commit: COMMITS[0], label: 'F32', folder, baseModels, files: [{ path: 'child-F32.gguf', absolutePath, sizeBytes: statSync(absolutePath).size, sha256: '1'.repeat(64) }] });
}

async function importModel(path: string): Promise<ModelVersion> {
  const seen: ImportProgress[] = [];
  for await (const progress of registry.calls.imports.importFrom({ path, how: 'link', acceptPickle: false })) seen.push(progress);
  const last = seen.at(-1);
  if (last?.kind !== 'done') throw new Error('the import did not end');
  return last.version;
}

/** Removes the one version whose weights have this name. */
async function remove(name: string): Promise<{ path: string; plan: RemovalPlan }> {
  const [version] = registry.calls.registry.list().filter(({ path }) => basename(path ?? '') === name);
  if (!version?.path) throw new Error(`${name} is not on the list`);
  return { path: version.path, plan: await registry.calls.removal.remove(version.id, { force: true }) };
}

test('a download is a version of the hub with what its card says it was made from, once each', async () => {
  const folder = aDownload(aModel('child.gguf'));

  const [id = ''] = await takeIn(folder, ['acme/base', 'acme/other']);
  const again = await takeIn(folder, ['acme/base', 'acme/other']);

  const version = registry.calls.registry.resolve(id);
  expect(again).toEqual([id]);
  expect(version).toMatchObject({ reference: 'acme/child-GGUF:F32', storage: 'shared', source: { kind: 'hub', repo: 'acme/child-GGUF', revision: 'main', commit: COMMITS[0] } });
  expect(version.parents).toEqual([{ relation: 'base_model', versionId: null, name: 'acme/base' }, { relation: 'base_model', versionId: null, name: 'acme/other' }]);
});

test('what the header names as its base is not named a second time, and a base that is here is linked', async () => {
  const base = await importModel(aModel('base.gguf', { name: 'Base', answer: 'one' }));
  const named = aModel('child.gguf', { answer: 'two', extraEntries: [['general.base_model.count', 'u32', 1], ['general.base_model.0.name', 'text', 'Base'], ['general.base_model.0.repo_url', 'text', 'https://huggingface.co/acme/base']] });

  const [id = ''] = await takeIn(aDownload(named), ['Acme/Base', base.modelName]);

  const { parents } = registry.calls.registry.resolve(id);
  expect(parents.map(({ name }) => name.toLowerCase())).toEqual([...new Set(parents.map(({ name }) => name.toLowerCase()))]);
  expect(parents.find(({ versionId }) => versionId !== null)).toMatchObject({ relation: 'base_model', versionId: base.id });
});

test('a blob that two snapshots share stays until the last of them is removed', async () => {
  const cache = join(user, 'home', 'models', 'huggingface', 'hub');
  const [shared, own] = [aModel('shared.gguf', { answer: 'one' }), aModel('own.gguf', { answer: 'two' })];
  putIntoHuggingFace(cache, { repo: 'acme/twice-GGUF', commit: COMMITS[0], files: { 'old/one-F32.gguf': shared, 'old/two-F32.gguf': own } });
  putIntoHuggingFace(cache, { repo: 'acme/twice-GGUF', commit: COMMITS[1], files: { 'new/one-F32.gguf': shared } });
  const blobs = join(cache, 'models--acme--twice-GGUF', 'blobs');
  await registry.calls.scanner.scan();

  const first = await remove('one-F32.gguf');
  const afterFirst = readdirSync(blobs).length;
  const second = await remove('two-F32.gguf');
  await registry.calls.scanner.scan();
  const left = await remove('one-F32.gguf');

  expect(first.plan).toMatchObject({ freesBytes: 0, deletes: [], keeps: [{ reason: 'shared' }] });
  expect([afterFirst, existsSync(first.path)]).toEqual([2, false]);
  expect([second.plan.freesBytes, left.plan.freesBytes]).toEqual([statSync(own).size, statSync(shared).size]);
  expect([left.path === first.path, existsSync(blobs), registry.calls.registry.list()]).toEqual([false, false, []]);
});

test('what Ollama keeps a template for can chat, though its header has none', async () => {
  putIntoOllama(join(user, 'ollama'), { name: 'plain', tag: '1b', from: aModel('plain.gguf', { chatTemplate: null }) });
  const own = aModel('alone.gguf', { chatTemplate: null, answer: 'alone' });
  await registry.calls.scanner.scan();

  const [ollama, alone] = [registry.calls.registry.resolve('plain:1b'), await importModel(own)];

  expect([ollama.capabilities, ollama.hasChatTemplate, alone.capabilities]).toEqual([['chat', 'completion'], false, ['completion']]);
});

test('a check tells its progress by bytes; one that is ended early concludes nothing', async () => {
  const path = aModel('large.gguf');
  truncateSync(path, 200 * MB);
  const version = await importModel(path);
  const seen: number[] = [];
  for await (const one of registry.calls.hashes.verify(version.id, undefined)) if (one.kind === 'progress') seen.push(one.doneBytes);

  for await (const one of registry.calls.hashes.verify(version.id, undefined)) if (one.kind === 'progress' && one.doneBytes > 0) break;

  expect(seen.filter((bytes) => bytes > 0 && bytes < version.sizeBytes).length).toBeGreaterThan(0);
  expect([seen.toSorted((a, b) => a - b), seen.at(-1)]).toEqual([seen, version.sizeBytes]);
  expect(registry.calls.registry.resolve(version.id).health).toBe('ok');
});

test('a file that is gone is missing and not wrong, and what was being hashed when the backend ended is hashed at its next start', async () => {
  const [gone, half] = [await importModel(aModel('gone.gguf')), await importModel(aModel('half.gguf', { answer: 'half' }))];
  rmSync(gone.path ?? '');
  registry.calls.registry.setHealth(half.id, 'verifying');
  const results = await Array.fromAsync(registry.calls.hashes.verify(gone.id, undefined));

  registry.calls.hashes.start();
  await waitFor(() => registry.calls.registry.resolve(half.id).health === 'ok', { what: 'the version to be hashed' });

  expect(results.at(-1)).toEqual({ kind: 'done', isIntact: false, wrong: ['gone.gguf'] });
  expect(registry.calls.registry.resolve(gone.id).health).toBe('missing');
});
