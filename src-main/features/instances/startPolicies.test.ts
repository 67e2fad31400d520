import { expect, test } from 'vitest';
import type { GpuReading } from '#contract/gpus.ts';
import { gpuId } from '#contract/ids.ts';
import { createDefaultHeader } from '../blueprints/index.ts';
import { planStartGroups } from './autostartPolicy.ts';
import { cleanEnvironment, createScriptEnvironment, createShellEnvironment, parseVersions, toTorchIndexUrl, type ScriptEnvironment } from './environmentPolicy.ts';
import { applyEdit, defaultSettings, findChangedFields } from './instanceEditing.ts';
import { parseStageLine } from './outputWatch.ts';
import { planPortCandidates } from './portPolicy.ts';
import { compareVersions, judgePreflight, satisfiesVersion, type PreflightFacts } from './preflightPolicy.ts';
import { toAddress, toUrl } from './readinessProbe.ts';
import { StartQueue } from './startQueue.ts';
import { planSteps, splitWords } from './stopSequence.ts';
import { aGpu, GIB } from '../../../test/fakes/facts/aGpu.ts';

const card = (id: string, change: Partial<GpuReading['gpus'][number]> = {}): GpuReading['gpus'][number] =>
  aGpu({ id: gpuId.parse(id), name: 'Card', totalBytes: 24 * GIB, usedBytes: 4 * GIB, driverVersion: '570.10', cudaVersion: '12.8', computeCapability: '8.9', ...change });

function aPreflight(requires: Partial<PreflightFacts['header']['requires']>, change: Partial<PreflightFacts> = {}): string[] {
  const header = createDefaultHeader('webui', 'App');
  Object.assign(header.requires, requires);
  const checks = judgePreflight({
    header, isParsed: true, platform: 'linux', gpus: { state: 'ok', takenAtMs: 0, gpus: [card('GPU-a')] }, gpuIds: null, freeDiskBytes: 100 * GIB, totalRamBytes: 64 * GIB, freeRamBytes: 32 * GIB,
    missingCommands: [], absentBlueprints: [], folder: { path: '/x', isWritable: true }, links: [], missingSecrets: [], isInstalled: false, ...change,
  });
  return checks.filter(({ level }) => level !== 'ok').map(({ id, level }) => `${id} ${level}`);
}

test.each<[string, Parameters<typeof aPreflight>, string[]]>([
  ['all is there', [{ gpu: 'nvidia', vramMib: 8_000, diskMib: 1_000, ramMib: 1_000, driverMin: '560', cudaMin: '12.4', computeCap: '>=7.5,<10', commands: ['git'] }], []],
  ['another vendor', [{ gpu: 'amd' }], ['gpu failed']],
  ['a chosen GPU that has gone', [{}, { gpuIds: ['GPU-b'] }], ['gpu failed']],
  ['an old driver', [{ driverMin: '580' }], ['driver failed']],
  ['a card that is too new', [{ computeCap: '>=7.5,<8' }], ['driver failed']],
  ['VRAM that is in use', [{ vramMib: 22_000 }], ['vram warning']],
  ['VRAM that no card has', [{ vramMib: 48_000 }], ['vram failed']],
  ['a full disk', [{ diskMib: 200_000 }], ['disk failed']],
  ['a full disk for an installed app', [{ diskMib: 200_000 }, { isInstalled: true }], []],
  ['RAM that is in use', [{ ramMib: 40_000 }], ['ram warning']],
  ['a missing command', [{ commands: ['nvcc'] }, { missingCommands: ['nvcc'] }], ['command failed']],
  ['another platform', [{}, { platform: 'darwin' }], ['platform failed']],
  ['an unreadable header', [{}, { isParsed: false }], ['blueprint warning']],
  ['a folder without permission', [{}, { folder: { path: '/x', isWritable: false } }], ['folder failed']],
  ['a missing secret', [{}, { missingSecrets: ['HF_TOKEN'] }], ['secret failed']],
  ['a folder in the way of a link', [{}, { links: [{ path: '/x/m', decision: { kind: 'refuse', reason: 'content' }, hint: 'move' }] }], ['folder failed']],
  ['a user’s own link', [{}, { links: [{ path: '/x/m', decision: { kind: 'leave', target: '/y' }, hint: 'stays' }] }], ['folder warning']],
  ['a link to make', [{}, { links: [{ path: '/x/m', decision: { kind: 'make' }, hint: null }] }], []],
])('preflight: %s', (_what, [requires, change], expected) => {
  expect(aPreflight(requires, change)).toEqual(expected);
});

test('versions compare by number, and ranges hold at their ends', () => {
  expect([compareVersions('12.10', '12.9') > 0, compareVersions('12.0', '12') === 0, satisfiesVersion('12.8', '12.8'), satisfiesVersion('12.8', '<12.8'), satisfiesVersion('8.9', '=8.9')]).toEqual([true, true, true, false, true]);
});

const script = (change: Partial<ScriptEnvironment> = {}): Record<string, string> => createScriptEnvironment({
  base: { PATH: '/venv/bin:/usr/bin', HOME: '/home/a', VIRTUAL_ENV: '/venv', PYTHONPATH: '/evil', CONDA_PREFIX: '/conda', LD_PRELOAD: 'x.so', ELECTRON_RUN_AS_NODE: '1', WHEELHOUSE_RUN_ID: 'outer', HTTPS_PROXY: 'http://proxy' },
  versions: { TORCH_VERSION: '2.13.0', CUDA_VERSION: '13.0', PYTORCH_INDEX_URL: 'https://example.test/whl/cu130' }, header: createDefaultHeader('webui', 'App'),
  settings: { ...defaultSettings, name: 'A $(x) "b"', blueprintId: 'stock:app' }, instanceId: 'inst_1', slug: 'a-x-b', blueprintStem: 'app', runId: 'run_1', ports: { main: 19001, 'api-v1': 19002 },
  paths: { folder: '/data/a', output: '/data/a/output', temporary: '/data/a/tmp', blueprintLib: '/lib' }, ...change,
});

test('a script gets the names that it knows, and nothing of an activated shell or of the app’s own host', () => {
  const environment = script();
  expect(environment).toMatchObject({
    PATH: '/usr/bin', HOME: '/home/a', HTTPS_PROXY: 'http://proxy', WEBUI_PORT: '19001', WEBUI_PORT_API_V1: '19002', WEBUI_HOST: '127.0.0.1', INSTANCE_NAME: 'A $(x) "b"', SUBFOLDER: '/instance/a-x-b/',
    WHEELHOUSE_RUN_ID: 'run_1', TORCH_VERSION: '2.13.0', CUDA_VERSION: '13.0', CUDA_DEVICE_ORDER: 'PCI_BUS_ID', PYTHONUNBUFFERED: '1',
  });
  for (const name of ['VIRTUAL_ENV', 'PYTHONPATH', 'CONDA_PREFIX', 'LD_PRELOAD', 'ELECTRON_RUN_AS_NODE', 'CUDA_VISIBLE_DEVICES', 'PYTHON_VERSION']) expect(environment).not.toHaveProperty(name);
});

test('an instance’s own versions and GPUs win', () => {
  const settings = { ...defaultSettings, name: 'A', blueprintId: 'b', cudaVersion: '12.8', pythonVersion: '3.12', gpuIds: [gpuId.parse('GPU-b'), gpuId.parse('GPU-a')] };
  expect(script({ settings })).toMatchObject({ CUDA_VERSION: '12.8', PYTORCH_INDEX_URL: 'https://example.test/whl/cu128', PYTHON_VERSION: '3.12', CUDA_VISIBLE_DEVICES: 'GPU-b,GPU-a' });
  expect(script({ settings: { ...settings, gpuIds: [] } })['CUDA_VISIBLE_DEVICES']).toBe('');
  expect(toTorchIndexUrl('odd', 'https://example.test/whl/cu130')).toBe('https://example.test/whl/cu130');
});

test('without a known index of PyTorch builds none is given', () => {
  const settings = { ...defaultSettings, name: 'App', blueprintId: 'stock:app', cudaVersion: '12.8' };

  expect(script({ settings, versions: {} })).not.toHaveProperty('PYTORCH_INDEX_URL');
  expect(script({ settings, versions: {}, base: { PYTORCH_INDEX_URL: 'https://example.test/whl/cu130' } })).toMatchObject({ PYTORCH_INDEX_URL: 'https://example.test/whl/cu128' });
});

test('a shell stands in the instance’s environment', () => {
  expect(createShellEnvironment({ base: { PATH: '/usr/bin', CONDA_PREFIX: '/c' }, environmentFolder: '/data/a/env', folder: '/data/a', slug: 'a' })).toMatchObject({ PATH: '/data/a/env/bin:/usr/bin', VIRTUAL_ENV: '/data/a/env' });
  expect(cleanEnvironment({ PATH: '/conda/condabin:/conda/bin:/bin', CONDA_PREFIX: '/conda' })).toEqual({ PATH: '/bin' });
});

test('a versions file is read without a shell', () => {
  expect(parseVersions('# note\nA_VERSION=1.0\nLIST="7.5 8.0"\nBAD LINE\nX=$(touch y)\n')).toEqual({ A_VERSION: '1.0', LIST: '7.5 8.0', X: '$(touch y)' });
});

test('ports are tried from the lowest, the blueprint’s own first', () => {
  const pool = { first: 1, last: 4 };
  expect(planPortCandidates({ preferred: null, pool, taken: new Set([2]) })).toEqual([1, 3, 4]);
  expect(planPortCandidates({ preferred: 9, pool, taken: new Set() })).toEqual([9, 1, 2, 3, 4]);
  expect(planPortCandidates({ preferred: 3, pool, taken: new Set([3]) })).toEqual([1, 2, 4]);
});

test('what is required is started first; a circle does not hang', () => {
  const one = (id: string, requires: string[] = []) => ({ id, blueprintId: `stock:${id}`, requires });
  expect(planStartGroups([one('a', ['b']), one('b', ['stock:c']), one('c'), one('d')])).toEqual([['c', 'd'], ['b'], ['a']]);
  expect(planStartGroups([one('a', ['b']), one('b', ['a']), one('c')])).toEqual([['c'], ['a', 'b']]);
});

test('KILL stands at the end of every stop, and a command is words, never a shell line', () => {
  expect(planSteps([{ signal: 'INT', waitSeconds: 2 }])).toEqual([{ signal: 'INT', waitMs: 2_000 }, { signal: 'KILL', waitMs: 10_000 }]);
  expect(planSteps([{ signal: 'KILL', waitSeconds: null }, { signal: 'TERM', waitSeconds: 1 }]).map(({ signal }) => signal)).toEqual(['TERM', 'KILL']);
  expect(splitWords(`docker stop "my app" 'it;s' $(x)`)).toEqual(['docker', 'stop', 'my app', 'it;s', '$(x)']);
});

test('stage lines are read, others are not', () => {
  expect(parseStageLine('::wh stage env 1/4 Python environment\r')).toEqual({ id: 'env', index: 1, count: 4, title: 'Python environment' });
  for (const line of ['::wh stage env 1 of 4 x', ' ::wh stage env 1/4 x', '::wh stage env 1/4 ']) expect(parseStageLine(line)).toBeNull();
});

test('a listener’s address is one that can be called', () => {
  expect(['::1', '::', '0.0.0.0', '127.0.0.1', '192.0.2.7', '*'].map((address) => toAddress({ address }))).toEqual(['::1', '127.0.0.1', '127.0.0.1', '127.0.0.1', '192.0.2.7', '127.0.0.1']);
  expect(toUrl('::1', 5, '/a')).toBe('http://[::1]:5/a');
});

test('an edit counts only where something differs', () => {
  const before = { ...defaultSettings, name: 'A', blueprintId: 'b' };
  expect(findChangedFields(before, applyEdit(before, { name: ' A ', group: '', port: 'auto' }))).toEqual([]);
  expect(findChangedFields(before, applyEdit(before, { group: ' Image ', notes: undefined }))).toEqual(['group']);
});

test('a slot goes to the next in line; one that gave up is passed over', async () => {
  const queue = new StartQueue({ getLimit: () => 1 });
  const gaveUp = new AbortController();
  const first = await queue.acquire(new AbortController().signal);
  const second = queue.acquire(gaveUp.signal);
  const third = queue.acquire(new AbortController().signal);
  gaveUp.abort();

  await expect(second).rejects.toThrow('aborted');
  first.dispose();
  first.dispose();
  (await third).dispose();

  expect(queue.waitingCount).toBe(0);
});
