import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProjectCopy } from '../support/projectCopy.ts';

let project: ProjectCopy;

beforeEach(() => { project = new ProjectCopy(); });
afterEach(() => { project.dispose(); });

test('a fresh copy is set up from the lockfile alone, and again in no time', async (context) => {
  const first = await project.run('setup.mjs');
  context.skip(/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED/.test(first.stderr), 'the package registry cannot be reached');
  const startedAt = performance.now();
  const second = await project.run('setup.mjs');

  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/npm ci by Node[^]*building the terminal part[^]*SQLite \S+, terminals work[^]*ready/);
  expect(second).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test('of two set-ups at once one works and the other waits', async () => {
  project.linkPackages();

  const ends = await Promise.all([project.run('setup.mjs'), project.run('setup.mjs')]);

  const output = ends.map(({ stdout }) => stdout).join('');
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  expect(output.match(/building the terminal part/g)).toHaveLength(1);
  expect(output.match(/another set-up is running/g)).toHaveLength(1);
});

test('the lock of a set-up that was killed is taken over', async () => {
  project.linkPackages();
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  project.write('.cache/setup.lock', String(pid));

  const end = await project.run('setup.mjs');

  expect(end).toMatchObject({ code: 0, stderr: '' });
});

test('a machine without a compiler is told what to install', async () => {
  project.linkPackages();

  const end = await project.run('setup.mjs', { env: { PATH: project.path('nowhere'), CXX: undefined, PYTHON: undefined, MAKE: undefined } });

  expect(end.code).toBe(1);
  expect(end.stderr.trim().split('\n')).toEqual([expect.stringMatching(/missing on this machine: a C\+\+ compiler, make, Python 3 \(.*\); then run it again/)]);
});

test('a machine without npm is told so when packages do not match the lockfile', async () => {
  project.linkPackages();
  const installed = project.path('node_modules/.package-lock.json');
  writeFileSync(installed, readFileSync(installed, 'utf8').replace(/("node_modules\/zod": \{\s+"version": ")[^"]+/, '$10.0.1'));

  const end = await project.run('setup.mjs', { env: { PATH: project.path('nowhere') } });

  expect(end.code).toBe(1);
  expect(end.stderr.trim().split('\n')).toEqual([expect.stringContaining('npm is not on the PATH')]);
});
