const isTest = '^test/|\\.test\\.tsx?$';
const shells = 'electron|headless|cli';

/** Modules in `from` may import nothing but `allowed`. */
const only = (name, from, allowed, comment) => ({
  name, comment, severity: 'error', from: { path: from, pathNot: isTest }, to: { pathNot: allowed },
});

/** A package is imported by its owner folders and by tests only. */
const owned = (name, packages, owners, comment) => ({
  name, comment, severity: 'error', from: { path: '^src-', pathNot: [isTest, ...owners] }, to: { path: [`(^|/)node_modules/(@types/)?(${packages})/`, `^(${packages})$`] },
});

const forbid = (name, from, to, rest = {}) => ({ name, severity: 'error', from, to, ...rest });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    only('contract-is-a-leaf', '^src-main/contract/', ['^src-main/contract/', '(^|/)node_modules/(zod|@orpc/contract)/'], 'contract/ may import zod, @orpc/contract and itself'),
    only('base-is-a-leaf', '^src-main/base/', ['^src-main/base/', '^(node:)?[a-z_/]+$'], 'base/ may import Node and itself'),

    forbid('features-do-not-know-their-hosts', { path: '^src-main/(base|platform|features)/', pathNot: isTest }, { path: `^src-main/(api|app|${shells})/` }),
    forbid('api-does-not-know-its-hosts', { path: '^src-main/api/', pathNot: isTest }, { path: `^src-main/(app|${shells})/` }),
    forbid('platform-knows-no-feature', { path: '^src-main/(base|platform)/', pathNot: isTest }, { path: '^src-main/features/' }),
    forbid('shells-do-not-share', { path: '^src-main/(electron|headless)/' }, { path: '^src-main/(electron|headless)/', pathNot: '^src-main/$1/' }),
    forbid('no-feature-internals', { path: '^src-main/features/([^/]+)/' }, { path: '^src-main/features/([^/]+)/', pathNot: ['^src-main/features/$1/', '^src-main/features/[^/]+/index\\.ts$'] }, { comment: 'import a feature through its index.ts' }),
    forbid('no-feature-internals-from-outside', { path: `^src-main/(api|app|${shells})/`, pathNot: isTest }, { path: '^src-main/features/[^/]+/', pathNot: '^src-main/features/[^/]+/index\\.ts$' }, { comment: 'import a feature through its index.ts' }),

    forbid('electron-stays-in-its-shell', { path: '^(src-|test/)', pathNot: ['^(src-main/electron|src-preload)/', '^test/'] }, { path: ['^electron($|/)', '(^|/)node_modules/(@types/)?electron/'] }),
    forbid('headless-never-reaches-electron', { path: '^src-main/(headless|cli|ptyHost)/' }, { path: ['^electron($|/)', '(^|/)node_modules/electron/', '^src-main/electron/'], reachable: true }),

    forbid('renderer-sees-only-the-contract', { path: '^src-renderer/' }, { path: '^src-(main|preload)/', pathNot: '^src-main/contract/' }),
    forbid('renderer-has-no-node', { path: '^src-renderer/', pathNot: isTest }, { dependencyTypes: ['core'] }),
    forbid('nothing-imports-preload', { pathNot: '^(src-preload|test)/' }, { path: '^src-preload/' }),
    forbid('product-does-not-import-tests', { path: '^(src-|scripts/)', pathNot: '\\.test\\.tsx?$' }, { path: isTest }),
    forbid('product-does-not-import-scripts', { path: '^src-' }, { path: '^scripts/' }),

    owned('sqlite-has-one-owner', 'better-sqlite3', ['^src-main/platform/sqlite/']),
    owned('koffi-has-one-owner', 'koffi', ['^src-main/platform/gpu/']),
    owned('llama-has-one-owner', 'node-llama-cpp', ['^src-main/(llamaEngine|platform/llama)/']),
    owned('ptys-have-one-owner', 'node-pty', ['^src-main/(ptyHost|platform/pty)/']),
    owned('headless-terminals-stay-in-the-pty-host', '@xterm/(headless|addon-serialize)', ['^src-main/ptyHost/']),
    owned('systeminformation-has-one-owner', 'systeminformation', ['^src-main/platform/workstation/']),
    owned('log-packages-have-one-owner', 'pino|rotating-file-stream', ['^src-main/platform/log/']),
    owned('hub-packages-have-one-owner', '@huggingface/(hub|gguf)', ['^src-main/platform/hub/']),
    owned('websockets-stay-in-the-carriers', 'ws', ['^src-main/(api/carriers|cli)/']),
    owned('fastify-stays-in-the-model-port', 'fastify', ['^src-main/features/serving/port/']),
    owned('undici-has-one-owner', 'undici', ['^src-main/platform/transfer/']),
    owned('orpc-stays-at-the-contract', '@orpc/[^/]+', ['^src-main/(contract|api|app|cli)/', '^src-renderer/client/']),

    forbid('no-vague-file-names', {}, { path: '^(src-|test/|scripts/).*/(utils|helpers|common|misc|types|constants|manager)\\.[cm]?tsx?$' }, { comment: 'name the file after what it exports' }),
    forbid('no-cycles', {}, { circular: true }),
    forbid('no-feature-cycles', { path: '^src-main/features/' }, { circular: true }, { scope: 'folder' }),
    forbid('everything-resolves', { path: '^(src-|test/|scripts/)' }, { couldNotResolve: true, pathNot: '^(virtual:|electron$)' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
