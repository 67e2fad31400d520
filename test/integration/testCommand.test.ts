import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProjectCopy } from '../support/projectCopy.ts';

let project: ProjectCopy;

const write = (name: string, body: string): void => {
  project.write(`src-main/base/${name}.test.ts`, `import { beforeAll, describe, expect, test } from 'vitest';\n${body}\n`);
};
const lastLine = (output: string): string | undefined => output.trim().split('\n').at(-1);

beforeAll(async () => {
  project = new ProjectCopy();
  project.linkPackages();
  for (const file of ['test/vitest.config.ts', 'test/support/reporter.ts']) cpSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), project.path(file), { recursive: true });
  write('good', "test('one is one', () => { expect(1).toBe(1); });");
  write('lazy', "test('a card is needed', (context) => { context.skip(true, 'this machine has no GPU'); });");
  write('bad', "test('one is two', () => { expect(1).toBe(2); });");
  write('broken', "throw new Error('cannot be loaded');");
  write('unprepared', "describe('a suite', () => { beforeAll(() => { throw new Error('no set-up'); }); test('never runs', () => undefined); });");
  await project.run('setup.mjs');
});
afterAll(() => { project.dispose(); });

test('what passes ends in its counts and exit code 0', async () => {
  const { code, stdout } = await project.run('test.mjs', { args: ['unit', 'good'] });

  expect({ code, last: lastLine(stdout) }).toEqual({ code: 0, last: '1 passed, 0 failed, 0 skipped' });
});

test('what is skipped is listed by name and reason', async () => {
  const { code, stdout } = await project.run('test.mjs', { args: ['unit', 'good', 'lazy'] });

  expect({ code, last: lastLine(stdout) }).toEqual({ code: 0, last: '1 passed, 0 failed, 1 skipped' });
  expect(stdout).toContain('unit: src-main/base/lazy.test.ts: a card is needed: this machine has no GPU');
});

test('a failed test, a file that cannot be loaded and a suite without its set-up all count, with their messages', async () => {
  const { code, stdout } = await project.run('test.mjs', { args: ['unit', 'bad', 'broken', 'unprepared'] });

  expect(code).toBe(1);
  expect(lastLine(stdout)).toMatch(/^0 passed, 3 failed, \d skipped$/);
  expect(stdout).toMatch(/one is two\n[^]*expected 1 to be 2/);
  expect(stdout).toMatch(/broken\.test\.ts: the file itself\n[^]*cannot be loaded/);
  expect(stdout).toMatch(/a suite \(set-up\)\n[^]*no set-up/);
});

test('a run of nothing is not a success', async () => {
  const { code, stdout } = await project.run('test.mjs', { args: ['unit', 'noSuchFile'] });

  expect({ code, last: lastLine(stdout) }).toEqual({ code: 1, last: '0 passed, 0 failed, 0 skipped' });
  expect(stdout).toContain('No test ran.');
});
