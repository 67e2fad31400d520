import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BlueprintLibrary, BlueprintService } from '../../src-main/features/blueprints/index.ts';

const stockFolder = fileURLToPath(new URL('../../blueprints', import.meta.url));
const SCRIPT = '#!/bin/bash\n### WHEELHOUSE-BLUEPRINT 1 ###\n# name = Mine\n### END ###\necho hi\n';
let home = '';
let library: BlueprintLibrary;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'blueprints-'));
  library = new BlueprintLibrary({ stockFolder, customFolder: join(home, 'blueprints') });
});
afterEach(async () => { await rm(home, { recursive: true }); });

test('every stock blueprint is read without a problem', async () => {
  const stock = await library.list();
  expect(stock.map(({ id }) => id).sort()).toEqual(['stock:gradio-starter', 'stock:http-server', 'stock:jupyterlab', 'stock:mlflow', 'stock:tensorboard']);
  for (const blueprint of stock) {
    expect(blueprint).toMatchObject({ group: 'stock', headerVersion: 1, problems: [], unknownKeys: {}, header: { verbs: ['install', 'run'], kind: 'webui' } });
  }
});

test('a custom blueprint is saved, listed, read by its stem, changed and deleted', async () => {
  const first = await library.saveAsCustom({ stem: 'mine', text: SCRIPT, expectedSha256: null });
  expect(first).toMatchObject({ id: 'custom:mine', group: 'custom', header: { name: 'Mine' } });
  expect(await library.read('mine')).toMatchObject({ text: SCRIPT, sha256: first.sha256 });
  const second = await library.saveAsCustom({ stem: 'mine', text: SCRIPT.replace('Mine', 'Yours'), expectedSha256: first.sha256 });
  expect(second.header.name).toBe('Yours');
  expect((await library.list()).filter(({ origin }) => origin === 'custom')).toEqual([second]);
  await library.deleteCustom('custom:mine');
  await expect(library.read('mine')).rejects.toMatchObject({ code: 'blueprint.not_found' });
  expect(await readdir(join(home, 'blueprints'))).toEqual([]);
});

test('a script that cannot be read hides no other one', async () => {
  await library.saveAsCustom({ stem: 'mine', text: SCRIPT, expectedSha256: null });
  await symlink('circle.sh', join(home, 'blueprints', 'circle.sh'));
  await mkdir(join(home, 'blueprints', 'folder.sh'));
  expect((await library.list()).filter(({ origin }) => origin === 'custom').map(({ id }) => id)).toEqual(['custom:mine']);
  await expect(library.read('custom:circle')).rejects.toMatchObject({ code: 'blueprint.not_found' });
});

test('what somebody else changed is not overwritten', async () => {
  const { sha256 } = await library.saveAsCustom({ stem: 'mine', text: SCRIPT, expectedSha256: null });
  for (const expectedSha256 of [null, 'stale']) {
    await expect(library.saveAsCustom({ stem: 'mine', text: 'x', expectedSha256 })).rejects.toMatchObject({ code: 'blueprint.conflict', details: { sha256 } });
  }
});

test('a custom blueprint hides the stock one under its stem, not under its id', async () => {
  await library.saveAsCustom({ stem: 'jupyterlab', text: SCRIPT, expectedSha256: null });
  expect((await library.read('jupyterlab')).id).toBe('custom:jupyterlab');
  expect((await library.read('stock:jupyterlab')).header.name).toBe('JupyterLab');
});

test('a file that changes on the disk is read again', async () => {
  await library.saveAsCustom({ stem: 'mine', text: SCRIPT, expectedSha256: null });
  await writeFile(join(home, 'blueprints/mine.sh'), SCRIPT.replace('Mine', 'Somebody else’s'));
  expect((await library.read('mine')).header.name).toBe('Somebody else’s');
});

test('a bad header never hides the script', async () => {
  const saved = await library.saveAsCustom({ stem: 'bad', text: SCRIPT.replace('# name = Mine', '# env.path = ../../x'), expectedSha256: null });
  expect(saved).toMatchObject({ group: 'unparsed', header: { name: 'bad', env: { path: './env' } }, problems: [{ file: 'bad.sh', line: 3, level: 'error' }] });
  await writeFile(join(home, 'blueprints/binary.sh'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe]));
  expect(await library.read('binary')).toMatchObject({ group: 'unparsed', headerVersion: null });
});

test.each(['../../etc/passwd', 'custom:../x', 'stock:lib/instance', '', '..', '$(x)', 'custom:', 'a\0b'])('the reference %j finds nothing', async (reference) => {
  await expect(library.read(reference)).rejects.toMatchObject({ code: 'blueprint.not_found' });
});

test('stock blueprints and those in use stay', async () => {
  const service = new BlueprintService({ library, findUsers: (id) => id === 'custom:mine' ? ['Lab'] : [] });
  await service.save({ stem: 'mine', text: SCRIPT, expectedSha256: null });
  await expect(service.delete('mine')).rejects.toMatchObject({ code: 'blueprint.in_use', details: { instanceNames: ['Lab'] } });
  await expect(service.delete('jupyterlab')).rejects.toMatchObject({ code: 'blueprint.read_only' });
});

test('a folder that cannot be written is named', async () => {
  await writeFile(join(home, 'blueprints'), 'a file where the folder should be');
  await expect(library.saveAsCustom({ stem: 'mine', text: SCRIPT, expectedSha256: null })).rejects.toMatchObject({ code: 'folder.not_writable' });
});
