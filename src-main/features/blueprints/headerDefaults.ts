import type { BlueprintHeader, BlueprintKind } from '#contract/blueprintHeader.ts';

const BY_KIND: Readonly<Record<BlueprintKind, { ready: BlueprintHeader['ready']['type']; restart: BlueprintHeader['restart']['policy'] }>> = {
  webui: { ready: 'http', restart: 'never' },
  server: { ready: 'tcp', restart: 'on-failure' },
  tool: { ready: 'process', restart: 'never' },
  training: { ready: 'process', restart: 'never' },
  build: { ready: 'none', restart: 'never' },
  container: { ready: 'process', restart: 'never' },
};

/** The header of a script that says nothing but its kind; a fresh object every time. */
export function createDefaultHeader(kind: BlueprintKind, name: string): BlueprintHeader {
  return {
    name, category: null, description: null, icon: null, homepage: null, license: null, version: null,
    kind,
    platforms: ['linux'],
    requires: { gpu: 'optional', vramMib: null, diskMib: null, ramMib: null, driverMin: null, cudaMin: null, computeCap: null, commands: [], blueprints: [] },
    env: { type: 'none', path: './env', python: 'auto', torch: 'auto', cuda: 'auto', isRelocatable: false },
    wheels: { accept: [], protect: [] },
    port: { primary: 'auto', extra: [] },
    bind: 'loopback',
    ready: { type: BY_KIND[kind].ready, path: '/', status: { from: 200, to: 499 }, regex: null, timeoutSeconds: 300, installTimeoutSeconds: 7200 },
    url: { path: '/' },
    stop: { signals: [{ signal: 'INT', waitSeconds: 10 }, { signal: 'TERM', waitSeconds: 10 }, { signal: 'KILL', waitSeconds: null }], command: null },
    restart: { policy: BY_KIND[kind].restart, max: 5, windowSeconds: 600, backoffSeconds: 1, backoffMaxSeconds: 60, exitOk: [] },
    verbs: [],
    links: [],
    outputs: null,
    args: { file: 'launch_args.txt', options: [] },
    secrets: [],
    satellite: 'allowed',
    gui: 'browser',
  };
}
