import { expect, test } from 'vitest';
import { checkDraft, emptyDraft, isSound, proposeName, toCreation } from './instanceDraft.ts';

test('a proposed name is the first that is free after slugging', () => {
  const taken = [{ slug: 'http-server' }, { slug: 'http-server-2' }];

  expect([proposeName('HTTP server', taken), proposeName('HTTP server', [])]).toEqual(['HTTP server 3', 'HTTP server']);
});

test.each([
  [{ name: 'lab' }, { name: null, port: null, version: [] }],
  [{ name: 'Taken Name' }, { name: 'taken', port: null, version: [] }],
  [{ name: '.x' }, { name: 'leading_dot', port: null, version: [] }],
  [{ name: 'lab', port: '70000' }, { name: null, port: 'invalidPort', version: [] }],
  [{ name: 'lab', port: 'AUTO', cudaVersion: 'twelve' }, { name: null, port: null, version: ['cudaVersion'] }],
  [{ name: 'lab', pythonVersion: '3.12', torchVersion: '2.7.0+cu128' }, { name: null, port: null, version: [] }],
] as const)('the form %j has the problems %j', (typed, problems) => {
  expect(checkDraft({ ...emptyDraft, ...typed }, [{ slug: 'taken-name' }])).toEqual(problems);
});

test('an untouched form asks for the defaults', () => {
  const draft = { ...emptyDraft, name: ' lab ' };

  expect(isSound(checkDraft(draft, []))).toBe(true);
  expect(toCreation(draft, 'stock:jupyterlab')).toEqual({
    name: 'lab', blueprintId: 'stock:jupyterlab', port: 'auto', autostart: false, launchArgs: '', gpuIds: null, pythonVersion: 'auto', torchVersion: 'auto', cudaVersion: 'auto',
  });
});
