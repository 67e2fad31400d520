import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureLinks, readLinks } from './instanceLinks.ts';
import { planLinks, type WantedLink } from './linkPolicy.ts';

let root = '';
let folder = '';
let shared = '';
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'links-')));
  [folder, shared] = [join(root, 'instances/a'), join(root, 'shared')];
  await mkdir(folder, { recursive: true });
});
afterEach(async () => { await rm(root, { recursive: true }); });

const links = (outputs: string | null = null, output = join(folder, 'output')): WantedLink[] =>
  planLinks({ links: outputs === null ? [{ path: 'models/vae', sharedPath: 'vae' }] : [], outputs }, { folder, output, shared, formerOutput: null });
const place = (): string => join(folder, 'models/vae');

test('a link is made with the folder that it leads to, and a second time changes nothing', async () => {
  expect(await readLinks(folder, links())).toMatchObject([{ path: place(), decision: { kind: 'make' }, hint: null }]);
  expect(await readdir(folder)).toEqual([]);
  await ensureLinks(folder, links());
  await writeFile(join(place(), 'a.safetensors'), 'model');
  await ensureLinks(folder, links());

  expect([await readlink(place()), await readFile(join(shared, 'vae/a.safetensors'), 'utf8')]).toEqual([join(shared, 'vae'), 'model']);
});

test('an empty folder gives way; one with content, and a file, stay as they are', async () => {
  await mkdir(place(), { recursive: true });
  await ensureLinks(folder, links());
  expect((await lstat(place())).isSymbolicLink()).toBe(true);

  await rm(place());
  await mkdir(place());
  await writeFile(join(place(), 'mine'), 'precious');
  await expect(ensureLinks(folder, links())).rejects.toMatchObject({ name: 'LinkRefused', path: place() });
  expect(await readFile(join(place(), 'mine'), 'utf8')).toBe('precious');

  await rm(place(), { recursive: true });
  await writeFile(place(), 'precious');
  await expect(ensureLinks(folder, links())).rejects.toMatchObject({ name: 'LinkRefused' });
  expect(await readFile(place(), 'utf8')).toBe('precious');
});

test('a link within what is shared is pointed anew, also one that leads nowhere; a user’s own link stays', async () => {
  await mkdir(join(folder, 'models'));
  await symlink(join(shared, 'gone'), place());
  await ensureLinks(folder, links());
  expect([await readlink(place()), await readdir(join(folder, 'models'))]).toEqual([join(shared, 'vae'), ['vae']]);

  await rm(place());
  await symlink(join(root, 'drive that is away'), place());
  expect(await readLinks(folder, links())).toMatchObject([{ decision: { kind: 'leave' }, hint: expect.stringContaining('drive that is away') as unknown }]);
  await ensureLinks(folder, links());
  expect(await readlink(place())).toBe(join(root, 'drive that is away'));
});

test('a parent that leads out of the instance’s folder is refused, and nothing is made there', async () => {
  await mkdir(join(root, 'elsewhere'));
  await symlink(join(root, 'elsewhere'), join(folder, 'models'));
  expect(await readLinks(folder, links())).toMatchObject([{ decision: { kind: 'refuse', reason: 'outside' } }]);
  await expect(ensureLinks(folder, links())).rejects.toMatchObject({ name: 'LinkRefused', path: place() });
  expect(await readdir(join(root, 'elsewhere'))).toEqual([]);
});

test('a shared folder may itself be a link to a bigger disk', async () => {
  await mkdir(join(root, 'big'));
  await mkdir(shared);
  await symlink(join(root, 'big'), join(shared, 'vae'));
  await ensureLinks(folder, links());
  await ensureLinks(folder, links());
  await writeFile(join(place(), 'a'), '');
  expect(await readdir(join(root, 'big'))).toEqual(['a']);
});

test('outputs lead to the output folder, after a rename too', async () => {
  await ensureLinks(folder, links('app/images'));
  await rename(folder, join(root, 'instances/b'));
  await writeFile(join(root, 'instances/b/app/images/1.png'), 'picture');
  expect(await readFile(join(root, 'instances/b/output/1.png'), 'utf8')).toBe('picture');
  folder = join(root, 'instances/b');
  expect(await readLinks(folder, links('app/images'))).toMatchObject([{ decision: { kind: 'keep' } }]);

  await ensureLinks(folder, links('app/images', join(root, 'pictures')));
  expect([await readlink(join(folder, 'app/images')), await readdir(join(folder, 'output'))]).toEqual([join(root, 'pictures'), ['1.png']]);
});
