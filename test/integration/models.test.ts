import { execFileSync } from 'node:child_process';
import SqliteDatabase from 'better-sqlite3';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { ImportProgress, ModelVersion } from '#contract/models.ts';
import type { BackendClient } from '../../src-main/cli/backendClient.ts';
import { makeTinyGguf } from '../fakes/models/makeTinyGguf.ts';
import { removeHomes, startBackend, type TestBackend } from '../support/backend.ts';
import { putIntoHuggingFace, putIntoLmStudio, putIntoOllama } from '../support/modelCaches.ts';
import { waitFor } from '../support/waitFor.ts';

const COMMIT = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678';
let user = '';
let backend: TestBackend;
let client: BackendClient;

const environment = (): Record<string, string> => ({ HOME: user, HF_HOME: join(user, 'hf'), OLLAMA_MODELS: join(user, 'ollama'), HF_HUB_CACHE: '', XDG_CACHE_HOME: join(user, '.cache') });
const aModel = (name: string, options: Record<string, unknown> = {}): string => { mkdirSync(join(user, 'own'), { recursive: true }); return makeTinyGguf(join(user, 'own', name), options).path; };

async function importModel(order: Parameters<BackendClient['models']['importFrom']>[0]): Promise<{ version: ModelVersion; isNew: boolean; stages: string[] }> {
  const seen: ImportProgress[] = [];
  for await (const progress of await client.models.importFrom(order)) seen.push(progress);
  const last = seen.at(-1);
  if (last?.kind !== 'done') throw new Error('the import did not end');
  return { ...last, stages: [...new Set(seen.flatMap((one) => (one.kind === 'progress' ? [one.stage] : [])))] };
}

const eventsOf = async (event: string): Promise<string[]> => (await client.journal.list({})).filter((entry) => entry.event === event).map(({ to }) => to ?? '');

beforeEach(async () => {
  user = mkdtempSync(join(tmpdir(), 'models-'));
  backend = await startBackend({ env: environment() });
  ({ client } = backend);
  await client.models.scanCaches({});
});
afterEach(async () => {
  await backend.stop();
  rmSync(user, { recursive: true, force: true });
});
afterAll(removeHomes);

test('a file is looked at, linked where it lies, found by every name, and listed live', async () => {
  const path = aModel('Tiny-Chat-F32.gguf', { name: 'Tiny Chat' });
  const changes = await client.models.watch({});
  expect((await changes.next()).value).toMatchObject({ kind: 'snapshot' });
  expect(await client.models.inspectPath({ path })).toMatchObject([{ path, name: 'Tiny Chat', label: 'F32', format: 'gguf', alreadyVersionId: null, problem: null }]);

  const { version, isNew, stages } = await importModel({ path });

  expect({ isNew, stages }).toEqual({ isNew: true, stages: ['hashing'] });
  expect(version).toMatchObject({ reference: 'Tiny-Chat:F32', storage: 'linked', path, health: 'ok', family: 'llama', hasChatTemplate: true, capabilities: expect.arrayContaining(['chat', 'completion']) as string[] });
  for (const name of ['Tiny-Chat', 'Tiny-Chat:F32', version.id]) expect((await client.models.get({ model: name })).id).toBe(version.id);
  expect(await waitFor(async () => (await changes.next()).value)).toMatchObject({ kind: 'changed', version: { id: version.id } });
  await changes.return(undefined);
  await expect(client.models.get({ model: 'nothing' })).rejects.toMatchObject({ code: 'model.not_found' });
});

test('a model of a long name is found by its whole reference, and what is as long and means nothing is not found', async () => {
  const { version } = await importModel({ path: aModel('long.gguf'), name: `mradermacher/${'Long-'.repeat(16)}Model` });
  expect(version.reference.length).toBeGreaterThan(80);

  expect((await client.models.get({ model: version.reference })).id).toBe(version.id);
  expect(await client.models.setAlias({ alias: 'short-'.repeat(16), model: version.reference })).toMatchObject({ id: version.id });
  await expect(client.models.get({ model: 'x'.repeat(200) })).rejects.toMatchObject({ code: 'model.not_found' });
});

test('the same content is one version, however it comes in; a copy lies in the data folder', async () => {
  const path = aModel('one.gguf');
  const again = aModel('other-name.gguf');

  const first = await importModel({ path, how: 'copy', name: 'First' });
  const second = await importModel({ path: again, how: 'copy' });
  const third = await importModel({ path: again, how: 'link' });

  expect([first.isNew, second.isNew, third.isNew]).toEqual([true, false, false]);
  expect(new Set([first.version.id, second.version.id, third.version.id]).size).toBe(1);
  expect(first.version.folder.startsWith(join(backend.home, 'models', 'imported'))).toBe(true);
  expect(readFileSync(first.version.path ?? '')).toEqual(readFileSync(path));
});

test('what is recorded outlives the backend, and the database refuses to change it', async () => {
  const { version } = await importModel({ path: aModel('kept.gguf', { name: 'Kept' }) });
  await client.models.update({ model: version.id, set: { tags: ['a', 'a'], notes: 'good', status: 'archived' } });
  await backend.stop();

  const database = new SqliteDatabase(join(backend.home, 'wheelhouse.db'));
  const change = (sql: string) => () => { database.exec(sql); };
  expect(change("UPDATE model_versions SET facts = '{}'")).toThrow('never changes');
  expect(change("UPDATE model_versions SET content_sha256 = 'x'")).toThrow('never changes');
  expect(change("UPDATE model_files SET sha256 = 'x'")).toThrow('never changes');
  expect(change("UPDATE model_files SET path = '../x'")).toThrow('never changes');
  database.close();
  backend = await startBackend({ home: backend.home, env: environment() });
  ({ client } = backend);

  expect(await client.models.get({ model: version.id })).toEqual({ ...version, tags: ['a'], notes: 'good', status: 'archived' });
});

test('a role is switched in one step and back; names are taken once', async () => {
  const [a, b] = [await importModel({ path: aModel('a.gguf', { answer: 'one', name: 'Model A' }) }), await importModel({ path: aModel('b.gguf', { answer: 'two', name: 'Model B' }) })];
  await client.models.assignRole({ role: 'coder', model: 'Model-A' });
  await client.models.assignRole({ role: 'coder', model: 'Model-B', note: 'better' });
  expect((await client.models.get({ model: 'coder' })).id).toBe(b.version.id);

  const back = await client.models.revertRole({ role: 'coder' });

  expect(back).toMatchObject({ versionId: a.version.id, history: [{ versionId: a.version.id }, { versionId: b.version.id, note: 'better' }, { versionId: a.version.id }] });
  expect((await client.models.get({ model: 'coder' })).roles).toEqual(['coder']);
  await expect(client.models.revertRole({ role: 'coder' })).rejects.toMatchObject({ code: 'model.no_way_back' });
  await expect(client.models.setAlias({ alias: 'coder', model: 'Model-B' })).rejects.toMatchObject({ code: 'model.name_taken' });
  await expect(client.models.setAlias({ alias: 'Model-A', model: 'Model-B' })).rejects.toMatchObject({ code: 'model.name_taken' });
  expect((await client.models.setAlias({ alias: 'small', model: 'Model-B' })).aliases).toEqual(['small']);
  expect(await eventsOf('model.role')).toEqual([a.version.reference, b.version.reference, a.version.reference]);
});

test('what other programs keep is listed where it lies, and missed when it goes', async () => {
  const [a, b, c] = [aModel('a.gguf', { answer: 'one' }), aModel('b.gguf', { answer: 'two' }), aModel('c.gguf', { answer: 'three' })];
  putIntoHuggingFace(join(user, 'hf', 'hub'), { repo: 'owner/repo-GGUF', commit: COMMIT, files: { 'repo-F32.gguf': a } });
  const studio = putIntoLmStudio(user, { publisher: 'maker', model: 'nice', from: b, name: 'nice-F32.gguf' });
  putIntoOllama(join(user, 'ollama'), { name: 'llama3', tag: '1b', from: c });

  expect(await client.models.scanCaches({})).toMatchObject({ added: 3, gone: 0 });
  expect(await client.models.scanCaches({})).toMatchObject({ added: 0, gone: 0 });

  const versions = await client.models.list({});
  expect(versions.filter(({ storage }) => storage === 'found').map(({ reference, source }) => [reference, source.kind === 'cache' ? source.cache : source.kind]).toSorted()).toEqual([
    ['llama3:1b', 'ollama'], ['maker/nice:F32', 'lmstudio'], ['owner/repo-GGUF:F32', 'huggingface'],
  ]);
  expect(versions.find(({ modelName }) => modelName === 'owner/repo-GGUF')?.contentSha256).toMatch(/^[0-9a-f]{64}$/);
  renameSync(studio, `${studio}.away`);
  expect(await client.models.scanCaches({})).toMatchObject({ gone: 1 });
  expect(await client.models.get({ model: 'maker/nice' })).toMatchObject({ health: 'missing', path: null });
  renameSync(`${studio}.away`, studio);
  await client.models.scanCaches({});
  expect((await client.models.get({ model: 'maker/nice' })).health).toBe('ok');
});

test('a removal takes our own files and leaves what lies elsewhere; a scan does not bring that back', async () => {
  const [a, b] = [aModel('a.gguf', { answer: 'one' }), aModel('b.gguf', { answer: 'two' })];
  const studio = putIntoLmStudio(user, { publisher: 'maker', model: 'nice', from: b, name: 'nice-F32.gguf' });
  await client.models.scanCaches({});
  const { version } = await importModel({ path: a, how: 'copy', name: 'Mine' });
  await client.models.setAlias({ alias: 'mine-too', model: 'Mine' });
  await expect(client.models.remove({ model: 'Mine' })).rejects.toMatchObject({ code: 'model.in_use' });

  const taken = await client.models.remove({ model: 'Mine', force: true });
  const left = await client.models.remove({ model: 'maker/nice' });

  expect(taken).toMatchObject({ freesBytes: version.sizeBytes, deletes: [{ path: version.path }], dependents: [{ kind: 'alias', name: 'mine-too' }] });
  expect([existsSync(version.folder), existsSync(a)]).toEqual([false, true]);
  expect(left).toMatchObject({ freesBytes: 0, deletes: [], keeps: [{ path: studio, reason: 'in_place' }] });
  await client.models.scanCaches({});
  expect((await client.models.list({})).filter(({ storage }) => storage !== 'stock')).toEqual([]);
  expect((await importModel({ path: studio })).version.modelName).toBe('maker/nice');
});

test('a removal frees the room also where the data folder is a link to another disk, and takes nothing that the plan keeps', async () => {
  const [disk, models] = [join(user, 'disk'), join(backend.home, 'models')];
  mkdirSync(disk);
  symlinkSync(disk, models);
  const mine = await importModel({ path: aModel('a.gguf', { answer: 'one' }), how: 'copy', name: 'Mine' });
  const moved = await importModel({ path: aModel('b.gguf', { answer: 'two' }), how: 'copy', name: 'Moved' });
  renameSync(moved.version.folder, join(user, 'elsewhere'));
  symlinkSync(join(user, 'elsewhere'), moved.version.folder);

  const freed = await client.models.remove({ model: 'Mine' });
  const kept = await client.models.remove({ model: 'Moved' });

  expect([freed.deletes.length, existsSync(mine.version.path ?? '')]).toEqual([1, false]);
  expect([kept.deletes, kept.keeps.map(({ reason }) => reason), existsSync(join(user, 'elsewhere', 'b.gguf'))]).toEqual([[], ['in_place'], true]);
});

test('a file that was changed is noticed by its bytes', async () => {
  const path = aModel('a.gguf', { name: 'Watched' });
  await importModel({ path });
  appendFileSync(path, 'x');

  const results = [];
  for await (const one of await client.models.verify({ model: 'Watched' })) results.push(one);

  expect(results.at(-1)).toEqual({ kind: 'done', isIntact: false, wrong: ['a.gguf'] });
  expect((await client.models.get({ model: 'Watched' })).health).toBe('quarantined');
});

test('a pickle that calls the system is refused, and quarantined when it is wanted all the same', async (ctx) => {
  const path = join(user, 'model.pt');
  try {
    execFileSync('python3', ['-c', 'import os,pickle,sys\nclass E:\n  def __reduce__(self): return (os.system,("true",))\nopen(sys.argv[1],"wb").write(pickle.dumps(E()))', path]);
  } catch {
    ctx.skip(true, 'no python3');
  }

  await expect(importModel({ path })).rejects.toMatchObject({ code: 'model.pickle_refused', data: { findings: ['posix.system'] } });
  const { version } = await importModel({ path, acceptPickle: true });

  expect(version).toMatchObject({ format: 'pickle', health: 'quarantined', pickleFindings: [{ level: 'dangerous', name: 'posix.system' }] });

  for await (const progress of await client.models.verify({ model: version.id })) if (progress.kind === 'done') expect(progress.isIntact).toBe(true);

  expect((await client.models.get({ model: version.id })).health).toBe('quarantined');
});

test('files that lie do not take the backend down', async () => {
  const broken = join(user, 'own');
  mkdirSync(broken);
  const head = (tensors: bigint, keys: bigint): Buffer => { const bytes = Buffer.alloc(24); bytes.write('GGUF'); bytes.writeUInt32LE(3, 4); bytes.writeBigUInt64LE(tensors, 8); bytes.writeBigUInt64LE(keys, 16); return bytes; };
  writeFileSync(join(broken, 'keys.gguf'), head(0n, 1_000_000_000n));
  writeFileSync(join(broken, 'wide.gguf'), head(2n ** 64n - 1n, 2n ** 64n - 1n));
  writeFileSync(join(broken, 'cut.gguf'), head(0n, 5n));
  writeFileSync(join(broken, 'empty.gguf'), '');
  writeFileSync(join(broken, 'lies.safetensors'), Buffer.from([255, 255, 255, 255, 255, 255, 255, 127, 123]));

  const candidates = await client.models.inspectPath({ path: broken });

  expect(candidates.map(({ problem }) => problem?.split(':')[0]).toSorted()).toEqual(['malformed', 'too_large', 'too_large', 'truncated', 'truncated']);
  await expect(importModel({ path: join(broken, 'keys.gguf') })).rejects.toMatchObject({ code: 'model.unreadable' });
  await expect(client.models.inspectPath({ path: join(user, 'no', 'where') })).rejects.toMatchObject({ code: 'model.path_not_found' });
  expect(await client.system.status({})).toMatchObject({ pid: backend.pid });
});

test('a model is drawn with what it was made from and what was made from it', async () => {
  const base = await importModel({ path: aModel('base.gguf', { answer: 'one', name: 'Base' }) });
  const child = await importModel({ path: aModel('child.gguf', { answer: 'two', name: 'Child' }) });
  await client.models.addParent({ model: 'Child', parent: { relation: 'quantised_from', versionId: base.version.id, name: 'Base' } });
  await client.models.addParent({ model: 'Base', parent: { relation: 'base_model', versionId: null, name: 'far/away' } });

  const { nodes, edges } = await client.models.lineage({ model: 'Base' });

  expect(nodes.map(({ name, kind }) => [name, kind]).toSorted()).toEqual([[base.version.reference, 'model'], [child.version.reference, 'model'], ['far/away', 'missing']].toSorted());
  expect(edges).toHaveLength(2);
  expect((await client.models.planRemoval({ model: 'Base' })).dependents).toEqual([{ kind: 'child', id: child.version.id, name: child.version.reference }]);
});

test('whether a model fits is told with its numbers', async () => {
  await importModel({ path: aModel('a.gguf', { name: 'Small' }) });

  const fit = await client.fits.estimate({ model: 'Small', load: { contextTokens: 4_096 } });
  const quarter = await client.fits.estimate({ model: 'Small', load: { contextTokens: 1_024 } });

  expect(fit).toMatchObject({ verdict: 'fits', contextTokens: 4_096, correction: 1, measuredCount: 0 });
  expect((fit.ram.kvBytes + fit.gpu.kvBytes) / (quarter.ram.kvBytes + quarter.gpu.kvBytes)).toBe(4);
  await expect(client.fits.estimate({ model: 'nothing' })).rejects.toMatchObject({ code: 'model.not_found' });
});
