import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('..', import.meta.url));
const tree = mkdtempSync(join(tmpdir(), 'wheelhouse-rules-'));

// Three tools read a whole tree each: seconds on an idle machine, more beside other tests.
vi.setConfig({ testTimeout: 60_000 });

const write = (path: string, content: string): void => {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), content);
};

/** Runs one of the tools in the planted tree; its exit code says that it found something, so it is not looked at. */
const runTool = (...args: string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(process.execPath, args.map((arg) => arg.replace(/^node_modules\//, `${root}/node_modules/`)), { cwd: tree, maxBuffer: 2 ** 26 }, (_error, stdout) => { resolve(stdout); });
  });

const clean: Readonly<Record<string, string>> = {
  'src-main/contract/clean.ts': "import { z } from 'zod';\nimport { oc } from '@orpc/contract';\nexport const thing = z.string();\nexport const call = oc;\n",
  'src-main/base/clean.ts': "import { randomUUID } from 'node:crypto';\nexport const id = (): string => randomUUID();\n",
  'src-main/platform/sqlite/clean.ts': "import Database from 'better-sqlite3';\nimport { id } from '../../base/clean.ts';\nexport const open = (): unknown => [new Database(':memory:'), id()];\n",
  'src-main/features/runs/index.ts': "import { thing } from '#contract/clean.ts';\nexport const runs = thing;\n",
  'src-main/features/runs/inner.ts': 'export const inner = 1;\n',
  'src-main/features/instances/index.ts': "import { runs } from '../runs/index.ts';\nexport const instances = runs;\n",
  'src-main/api/clean.ts': "import { os } from '@orpc/server';\nimport { instances } from '../features/instances/index.ts';\nexport const api = [os, instances];\n",
  'src-main/app/clean.ts': "import { api } from '../api/clean.ts';\nexport const app = api;\n",
  'src-main/electron/clean.ts': "import { app } from '../app/clean.ts';\nexport const shell = app;\n",
  'src-main/headless/clean.ts': "import { app } from '../app/clean.ts';\nexport const shell = app;\n",
  'src-preload/clean.ts': 'export const bridge = 1;\n',
  'src-renderer/features/clean.ts': "import { thing } from '#contract/clean.ts';\nexport const shown = thing;\n",
};

/** One planted violation a row: the rule that must name it, the file, and what stands in it. */
const directions: readonly (readonly [rule: string, file: string, content: string])[] = [
  ['contract-is-a-leaf', 'src-main/contract/reads.ts', "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n"],
  ['base-is-a-leaf', 'src-main/base/knowing.ts', "import { open } from '../platform/sqlite/clean.ts';\nexport const x = open;\n"],
  ['features-do-not-know-their-hosts', 'src-main/features/runs/hosted.ts', "import type { app } from '../../app/clean.ts';\nexport type App = typeof app;\n"],
  ['api-does-not-know-its-hosts', 'src-main/api/hosted.ts', "import { app } from '../app/clean.ts';\nexport const x = app;\n"],
  ['platform-knows-no-feature', 'src-main/platform/files/knowing.ts', "import { runs } from '../../features/runs/index.ts';\nexport const x = runs;\n"],
  ['shells-do-not-share', 'src-main/electron/sharing.ts', "import { shell } from '../headless/clean.ts';\nexport const x = shell;\n"],
  ['no-feature-internals', 'src-main/features/instances/prying.ts', "import { inner } from '../runs/inner.ts';\nexport const x = inner;\n"],
  ['no-feature-internals-from-outside', 'src-main/app/prying.ts', "import { inner } from '../features/runs/inner.ts';\nexport const x = inner;\n"],
  ['electron-stays-in-its-shell', 'src-main/features/runs/windowed.ts', "import { app } from 'electron';\nexport const x = app;\n"],
  ['headless-never-reaches-electron', 'src-main/headless/windowed.ts', "import { shell } from '../electron/clean.ts';\nexport const x = shell;\n"],
  ['renderer-sees-only-the-contract', 'src-renderer/features/prying.ts', "import type { id } from '../../src-main/base/clean.ts';\nexport type Id = typeof id;\n"],
  ['renderer-has-no-node', 'src-renderer/features/reads.ts', "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n"],
  ['nothing-imports-preload', 'src-renderer/features/bridged.ts', "import { bridge } from '../../src-preload/clean.ts';\nexport const x = bridge;\n"],
  ['product-does-not-import-tests', 'src-main/app/testing.ts', "import { fake } from '../../test/fakes/fake.ts';\nexport const x = fake;\n"],
  ['sqlite-has-one-owner', 'src-main/features/runs/sql.ts', "import Database from 'better-sqlite3';\nexport const x = Database;\n"],
  ['ptys-have-one-owner', 'src-main/features/runs/pty.ts', "import { spawn } from 'node-pty';\nexport const x = spawn;\n"],
  ['headless-terminals-stay-in-the-pty-host', 'src-main/features/runs/screen.ts', "import headless from '@xterm/headless';\nexport const x = headless;\n"],
  ['systeminformation-has-one-owner', 'src-main/features/runs/load.ts', "import { currentLoad } from 'systeminformation';\nexport const x = currentLoad;\n"],
  ['log-packages-have-one-owner', 'src-main/features/runs/log.ts', "import { pino } from 'pino';\nexport const x = pino;\n"],
  ['websockets-stay-in-the-carriers', 'src-main/features/runs/socket.ts', "import { WebSocket } from 'ws';\nexport const x = WebSocket;\n"],
  ['orpc-stays-at-the-contract', 'src-main/features/runs/rpc.ts', "import { os } from '@orpc/server';\nexport const x = os;\n"],
  ['no-vague-file-names', 'src-main/features/runs/vague.ts', "import { x } from './utils.ts';\nexport const y = x;\n"],
  ['no-cycles', 'src-main/features/runs/chicken.ts', "import { egg } from './egg.ts';\nexport const chicken = (): unknown => egg;\n"],
  ['everything-resolves', 'src-main/features/runs/lost.ts', "import { x } from './nowhere.ts';\nexport const y = x;\n"],
];
const companions: Readonly<Record<string, string>> = {
  'src-main/features/runs/utils.ts': 'export const x = 1;\n',
  'src-main/features/runs/egg.ts': "import { chicken } from './chicken.ts';\nexport const egg = (): unknown => chicken;\n",
  'test/fakes/fake.ts': 'export const fake = 1;\n',
};

const long = (lines: number): string => Array.from({ length: lines }, (_, index) => `  console.error(${index});`).join('\n');
const lint: readonly (readonly [rule: string, file: string, content: string])[] = [
  ['No double casts', 'src-main/app/cast.ts', 'export const x = (1 as unknown) as string;\n'],
  ['Named exports only', 'src-main/app/default.ts', 'export default 1;\n'],
  ['Throw AppError', 'src-main/features/lint/thrown.ts', "export const fail = (): never => { throw new Error('no'); };\n"],
  ['Read the environment in app/config.ts only', 'src-main/headless/environment.ts', "export const home = (): string | undefined => process.env['HOME'];\n"],
  ['Take the time from the injected Clock', 'src-main/platform/lint/time.ts', 'export const now = (): number => Date.now();\n'],
  ['do not replace modules', 'src-main/app/mocked.test.ts', "import { vi } from 'vitest';\nvi.mock('./cast.ts');\n"],
  ['never sleep', 'test/integration/asleep.test.ts', 'await new Promise((resolve) => { setTimeout(resolve, 1); });\n'],
  ['max-lines-per-function', 'src-main/app/long.ts', `export function tell(): void {\n${long(61)}\n}\n`],
  ['max-lines', 'src-main/app/lengthy.ts', `${Array.from({ length: 401 }, (_, index) => `export const x${index} = 1;`).join('\n')}\n`],
  ['max-params', 'src-main/app/wide.ts', 'export const sum = (a: number, b: number, c: number, d: number, e: number): number => a + b + c + d + e;\n'],
  ['no-console', 'src-main/app/chatty.ts', "console.log('hello');\n"],
  ['no-empty', 'src-main/app/silent.ts', 'try { JSON.parse(""); } catch {}\n'],
  ['@typescript-eslint/no-explicit-any', 'src-main/app/any.ts', 'export const x: any = 1;\n'],
  ['@typescript-eslint/no-floating-promises', 'src-main/app/floating.ts', 'void Promise.resolve(1);\n'],
  ['react-hooks/rules-of-hooks', 'src-renderer/features/Hooked.tsx', "import { useState } from 'react';\nexport function Hooked({ isOn }: { isOn: boolean }): string {\n  if (isOn) useState(1);\n  return '';\n}\n"],
  ['kept in the backend', 'src-renderer/features/stored.ts', "export const read = (): string | null => window.localStorage.getItem('x');\n"],
];

const types: readonly (readonly [project: string, file: string, content: string])[] = [
  ['tsconfig.json', 'src-main/app/typed.ts', 'export const title = document.title;\n'],
  ['src-main/contract', 'src-main/contract/typed.ts', 'export const bytes = Buffer.alloc(1);\n'],
  ['src-renderer', 'src-renderer/features/typed.ts', 'export const id = process.pid;\n'],
  ['src-preload', 'src-preload/typed.ts', 'export const id = process.pid;\n'],
];

beforeAll(() => {
  for (const file of ['package.json', 'tsconfig.json', 'src-main/contract/tsconfig.json', 'src-renderer/tsconfig.json', 'src-preload/tsconfig.json', 'eslint.config.mjs', '.dependency-cruiser.cjs']) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    copyFileSync(join(root, file), join(tree, file));
  }
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'), 'junction');
  for (const [path, content] of Object.entries({ ...clean, ...companions })) write(path, content);
  for (const [, path, content] of [...directions, ...lint, ...types]) write(path, content);
});
afterAll(() => { rmSync(tree, { recursive: true, force: true }); });

describe('import directions', () => {
  const found = z.object({ summary: z.object({ violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })) }) });

  test('every planted violation is caught by its rule and what is clean is left alone', async () => {
    const output = await runTool('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src-main', 'src-renderer', 'src-preload', 'test');

    const caught = found.parse(JSON.parse(output)).summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
    expect(directions.map(([rule, file]) => `${rule} ${file}`).filter((expected) => !caught.includes(expected))).toEqual([]);
    expect(caught.filter((line) => Object.keys(clean).some((file) => line.endsWith(` ${file}`)))).toEqual([]);
  });
});

describe('lint', () => {
  const found = z.array(z.object({ filePath: z.string(), messages: z.array(z.object({ ruleId: z.string().nullable(), message: z.string() })) }));

  test('every planted violation is caught by its rule', async () => {
    const output = await runTool('node_modules/eslint/bin/eslint.js', '--format', 'json', ...lint.map(([, file]) => file));

    const caught = found.parse(JSON.parse(output)).flatMap(({ filePath, messages }) => messages.map(({ ruleId, message }) => `${filePath} ${String(ruleId)} ${message}`));
    expect(lint.filter(([rule, file]) => !caught.some((line) => line.includes(file) && line.includes(rule)))).toEqual([]);
  });
});

describe('types', () => {
  test.each(types)('%s knows only what exists where it runs', async (project, file) => {
    const output = await runTool('node_modules/typescript/bin/tsc', '-p', project, '--pretty', 'false');

    expect(output).toContain(`${file}(1,`);
  });
});
