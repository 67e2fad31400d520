import { describe, expect, test } from 'vitest';
import type { Blueprint } from '#contract/blueprints.ts';
import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import { countProblems, findFreeStem, groupBlueprints } from './blueprintGroups.ts';
import { toHeaderRows } from './headerRows.ts';

const header: BlueprintHeader = {
  name: 'App', category: 'Image', description: null, icon: null, homepage: null, license: null, version: '1.0', kind: 'webui', platforms: ['linux', 'darwin'],
  requires: { gpu: 'optional', vramMib: 8192, diskMib: null, ramMib: null, driverMin: null, cudaMin: null, computeCap: null, commands: [], blueprints: [] },
  env: { type: 'venv', path: 'env', python: '3.12', torch: 'auto', cuda: 'auto', isRelocatable: false },
  wheels: { accept: [], protect: [] }, port: { primary: 'auto', extra: [] }, bind: 'loopback',
  ready: { type: 'http', path: '/', status: { from: 200, to: 399 }, regex: null, timeoutSeconds: 60, installTimeoutSeconds: 3600 },
  url: { path: '/' }, stop: { signals: [{ signal: 'TERM', waitSeconds: 10 }, { signal: 'KILL', waitSeconds: null }], command: null },
  restart: { policy: 'on-failure', max: 3, windowSeconds: 600, backoffSeconds: 2, backoffMaxSeconds: 60, exitOk: [] },
  verbs: ['install', 'run'], links: [], outputs: null, args: { file: 'args', options: [] }, secrets: [], satellite: 'allowed', gui: 'browser',
};

function aBlueprint(facts: Partial<Blueprint> & { stem: string }, name = facts.stem): Blueprint {
  const origin = facts.origin ?? 'stock';
  return { id: `${origin}:${facts.stem}`, origin, group: origin, headerVersion: 1, header: { ...header, name }, unknownKeys: {}, problems: [], sha256: '', path: '', sizeBytes: 0, ...facts };
}

describe('blueprints in groups', () => {
  const all = [aBlueprint({ stem: 'b' }, 'Beta'), aBlueprint({ stem: 'a' }, 'alpha'), aBlueprint({ stem: 'mine', origin: 'custom' }), aBlueprint({ stem: 'odd', group: 'unparsed' })];

  test('stand by name within custom, stock and unparsed', () => {
    expect(groupBlueprints(all, '').map(({ group, blueprints }) => [group, blueprints.map(({ stem }) => stem)])).toEqual([['custom', ['mine']], ['stock', ['a', 'b']], ['unparsed', ['odd']]]);
  });

  test('a filter wants all its words and leaves no empty group', () => {
    expect(groupBlueprints(all, 'IMAGE beta').flatMap(({ blueprints }) => blueprints.map(({ stem }) => stem))).toEqual(['b']);
    expect(groupBlueprints(all, 'nothing')).toEqual([]);
  });

  test.each([['app', 'app-custom'], ['mine', 'mine-custom-2'], ['Größe!', 'gr-e-custom']])('a copy of %s is called %s', (stem, expected) => {
    expect(findFreeStem(stem, [aBlueprint({ stem: 'mine-custom', origin: 'custom' })])).toBe(expected);
  });

  test('problems are counted by level', () => {
    const problem = { file: 'x', line: 1, code: 'c', message: 'm' };
    expect(countProblems([{ ...problem, level: 'error' }, { ...problem, level: 'warning' }, { ...problem, level: 'warning' }])).toEqual({ errors: 1, warnings: 2 });
  });
});

test('a header is read with the keys of the script and without what is empty', () => {
  const rows = Object.fromEntries(toHeaderRows(header).map(({ key, value }) => [key, value]));
  expect(rows).toMatchObject({ 'requires.vram_mib': '8192', 'ready.install_timeout_s': '3600', 'ready.status': '200-399', 'stop.signals': 'TERM:10, KILL', platforms: 'linux, darwin', 'env.is_relocatable': 'false' });
  expect(rows).not.toHaveProperty('homepage');
});
