import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { makeTinyGguf } from '../fakes/models/makeTinyGguf.ts';
import { makeHome, removeHomes, startBackend, type TestBackend } from '../support/backend.ts';

const folder = mkdtempSync(join(tmpdir(), 'wh-first-'));
let backend: TestBackend | null = null;

afterEach(async () => { await backend?.stop(); backend = null; });
afterAll(() => { removeHomes(); rmSync(folder, { recursive: true, force: true }); });

test('the model that comes along is there with the first answer of the first start, and recites without chance', async () => {
  backend = await startBackend({ home: makeHome(), env: { HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') } });

  const { data } = await (await fetch(`${backend.url}/v1/models`)).json() as { data: { id: string }[] };
  const config = await backend.client.modelConfigs.get({ config: 'wheelhouse-guide' });

  expect(data.map(({ id }) => id)).toEqual([expect.stringMatching(/^wheelhouse-guide:/)]);
  expect([config.isImplicit, config.sampling.temperature]).toEqual([true, 0]);
});

test('models of other programs are listed only if that is wanted', async () => {
  const lmStudio = join(folder, '.lmstudio', 'models', 'harbour', 'small-GGUF');
  mkdirSync(lmStudio, { recursive: true });
  makeTinyGguf(join(lmStudio, 'small-Q4_K_M.gguf'));
  backend = await startBackend({ home: makeHome(), env: { HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), WHEELHOUSE_MODELS_SCAN_CACHES: 'off' } });
  const without = await backend.client.models.scanCaches({});
  await backend.stop();
  backend = await startBackend({ home: makeHome(), env: { HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') } });
  const withThem = await backend.client.models.scanCaches({});

  expect([without.found, withThem.found]).toEqual([1, 2]);
});
