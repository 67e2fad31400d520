import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { packDesktop } from '../support/desktopShell/packDesktop.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'wheelhouse-pack-'));
const packed = join(work, 'packed', 'linux-unpacked');
const asarPath = join(packed, 'resources', 'app.asar');
const reasonNotToPack = process.platform === 'linux' ? '' : 'the folder that is looked at is packed on Linux';

afterAll(() => { rmSync(work, { recursive: true, force: true }); });

describe('the packed desktop', () => {
  beforeAll(async () => {
    if (reasonNotToPack) return;
    await packDesktop(work);
  });

  beforeEach((context) => { context.skip(reasonNotToPack !== '', reasonNotToPack); });

  test('the fuses stand as decided', async () => {
    const wire = await getCurrentFuseWire(join(packed, 'wheelhouse'));

    const { ENABLE, DISABLE } = FuseState;
    expect(wire).toMatchObject({
      [FuseV1Options.RunAsNode]: ENABLE,
      [FuseV1Options.EnableCookieEncryption]: ENABLE,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: DISABLE,
      [FuseV1Options.EnableNodeCliInspectArguments]: DISABLE,
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: ENABLE,
      [FuseV1Options.OnlyLoadAppFromAsar]: ENABLE,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: DISABLE,
      [FuseV1Options.GrantFileProtocolExtraPrivileges]: DISABLE,
    });
  });

  test('the archive holds what the app needs', () => {
    const files = listPackage(asarPath, { isPack: false });

    const needed = ['package.json', 'versions.env', 'LICENSE', 'dist/electron/main.mjs', 'dist/preload/preload.cjs', 'dist/window/index.html',
      'blueprints/jupyterlab.sh', 'node_modules/ws/package.json', 'node_modules/pino/package.json', 'node_modules/fastify/package.json', 'node_modules/@huggingface/hub/package.json', 'node_modules/better-sqlite3/lib/index.js', 'node_modules/node-pty/lib/index.js',
      `node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`, 'node_modules/node-pty/build/Release/pty.node', 'node_modules/@xterm/headless/package.json'];
    expect(needed.filter((file) => !files.includes(`/${file}`))).toEqual([]);
  });

  test('sources, other machines and the pinned Node stay out', () => {
    const files = listPackage(asarPath, { isPack: false });

    const unwanted = /^\/(src-|scripts\/|test\/|node_modules\/(node-linux-|node-win-|electron\/|vite\/|@orpc\/|zod\/|node-addon-api\/))|\.test\.[cm]?js$|\/musl_|\.(cc|hh)$|\.map$|\.d\.ts$|\/prebuilds\/(darwin|win32|linuxmusl)|\/better-sqlite3\/(deps|src)\/|\/obj\.target|gitRelease\.bundle|^\/resources\/(python|screenshots)\/|\/cmake-js\//;
    const isForeign = (file: string): boolean => /^\/node_modules\/@node-llama-cpp\/[^/]+\//.test(file) && !file.startsWith(`/node_modules/@node-llama-cpp/linux-${process.arch}`);
    expect(files.filter((file) => unwanted.test(file) || isForeign(file))).toEqual([]);
  });

  test('natives and what other programs run lie outside of the archive', () => {
    const entries = ['ptyHost', 'llamaEngine', 'estimateProcess', 'nvmlProcess', 'ggufWorker', 'transferProcess', 'fileWorker'].map((name) => `dist/electron/${name}.mjs`);
    const outside = [...entries, 'resources/models/wheelhouse-guide.gguf', 'node_modules/node-llama-cpp/package.json', `node_modules/@node-llama-cpp/linux-${process.arch}/package.json`, `node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`, 'node_modules/node-pty/build/Release/pty.node', 'blueprints/jupyterlab.sh', 'versions.env'];

    expect(outside.filter((file) => !existsSync(join(`${asarPath}.unpacked`, file)))).toEqual([]);
  });

  test('the app is small without Electron, llama.cpp and the model that comes with it', () => {
    const outside = readdirSync(`${asarPath}.unpacked`, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = outside.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => !/@node-llama-cpp|\.gguf$/.test(path));
    const sizes = [asarPath, ...paths].map((path) => statSync(path).size);

    expect(sizes.reduce((sum, bytes) => sum + bytes, 0) / 1e6).toBeLessThan(25);
  });
});

test('the packager accepts its configuration', async () => {
  const require = createRequire(import.meta.url);
  const { load } = z.object({ load: z.function({ input: [z.string()], output: z.unknown() }) }).parse(require('js-yaml'));
  const { validateConfiguration } = z
    .object({ validateConfiguration: z.custom<(config: unknown, log: { isEnabled: boolean }) => Promise<void>>((value) => typeof value === 'function') })
    .parse(require(join(root, 'node_modules/app-builder-lib/out/util/config/config.js')));

  const config = load(readFileSync(join(root, 'electron-builder.yml'), 'utf8'));

  await expect(validateConfiguration(config, { isEnabled: false })).resolves.toBeUndefined();
  await expect(validateConfiguration({ ...Object(config), electronFuse: {} }, { isEnabled: false })).rejects.toThrow('electronFuse');
});
