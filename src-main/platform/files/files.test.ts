import { mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFileAtomic } from './atomicWrite.ts';
import { isWritable, readFreeBytes, readHeadOfFile } from './folderFacts.ts';
import { isInside, resolveInside } from './insidePath.ts';
import { movePath } from './moveFolder.ts';

let root = '';
beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'files-')); });
afterEach(async () => { await rm(root, { recursive: true }); });

const acrossDisks = (): Promise<void> => Promise.reject(Object.assign(new Error('EXDEV'), { code: 'EXDEV' }));

test('a file is replaced as a whole and leaves no part behind', async () => {
  const path = join(root, 'a.txt');
  await writeFileAtomic(path, 'one');
  await Promise.all([writeFileAtomic(path, 'two'.repeat(10_000)), writeFileAtomic(path, 'three'.repeat(10_000))]);
  expect(await readFile(path, 'utf8')).toMatch(/^((two){10000}|(three){10000})$/);
  expect(await readdir(root)).toEqual(['a.txt']);
});

test('a failed write leaves the old file and nothing else', async () => {
  await mkdir(join(root, 'folder/inner'), { recursive: true });
  await expect(writeFileAtomic(join(root, 'folder'), 'x')).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await readdir(root)).toEqual(['folder']);
});

test('free room and permission are told for what does not exist yet', async () => {
  expect(await readFreeBytes(join(root, 'not/yet'))).toBeGreaterThan(0);
  expect(await isWritable(join(root, 'not/yet'))).toBe(true);
  await writeFile(join(root, 'file'), '');
  expect(await isWritable(join(root, 'file/below'))).toBe(false);
  expect(await isWritable('/proc/self/nothing')).toBe(false);
});

test('the head of a file is read and says whether it was all', async () => {
  await writeFile(join(root, 'a'), 'abcdef');
  expect(await readHeadOfFile(join(root, 'a'), { maxBytes: 3 })).toEqual({ bytes: Buffer.from('abc'), isWhole: false });
  expect(await readHeadOfFile(join(root, 'a'), { maxBytes: 6 })).toEqual({ bytes: Buffer.from('abcdef'), isWhole: true });
});

test.each([['/a', '/a', true], ['/a', '/a/b', true], ['/a', '/ab', false], ['/a', '/a/../b', false], ['/a', '/a/..b', true]])(
  'inside %s is %s: %s', (parent, child, isIn) => { expect(isInside(parent, child)).toBe(isIn); });

test('paths that leave the root are refused, also by a link', async () => {
  await mkdir(join(root, 'in'));
  await symlink(tmpdir(), join(root, 'in/out'));
  await symlink('loop', join(root, 'in/loop'));
  const inside = join(root, 'in');
  expect(await resolveInside(inside, './env')).toEqual({ path: join(inside, 'env') });
  expect(await resolveInside(inside, 'new/deep')).toEqual({ path: join(inside, 'new/deep') });
  expect(await resolveInside(inside, '../../x')).toEqual({ refusal: 'outside' });
  expect(await resolveInside(inside, 'a/../../x')).toEqual({ refusal: 'outside' });
  expect(await resolveInside(inside, '/etc')).toEqual({ refusal: 'absolute' });
  expect(await resolveInside(inside, 'C:\\x')).toEqual({ refusal: 'absolute' });
  expect(await resolveInside(inside, 'out/x')).toEqual({ refusal: 'link' });
  expect(await resolveInside(inside, 'loop/x')).toEqual({ refusal: 'link' });
  expect(await resolveInside(inside, 'a\0b')).toEqual({ refusal: 'nul' });
});

test.each([['on one disk', rename], ['across disks', acrossDisks]] as const)('a folder is moved with its links %s', async (_where, renameCall) => {
  await mkdir(join(root, 'shared'));
  await writeFile(join(root, 'shared/model'), 'weights');
  await mkdir(join(root, 'from/deep'), { recursive: true });
  await writeFile(join(root, 'from/deep/a'), 'text');
  await symlink('../shared', join(root, 'from/models'));
  await movePath(join(root, 'from'), join(root, 'trash/x/from'), { rename: renameCall });
  expect(await readFile(join(root, 'trash/x/from/deep/a'), 'utf8')).toBe('text');
  expect(await readlink(join(root, 'trash/x/from/models'))).toBe('../shared');
  expect(await readFile(join(root, 'shared/model'), 'utf8')).toBe('weights');
  expect((await readdir(root)).sort()).toEqual(['shared', 'trash']);
});

test('a target that is there is never overwritten', async () => {
  await writeFile(join(root, 'a'), 'a');
  await writeFile(join(root, 'b'), 'b');
  await expect(movePath(join(root, 'a'), join(root, 'b'))).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readFile(join(root, 'b'), 'utf8')).toBe('b');
});
