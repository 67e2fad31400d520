import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFakeHub } from '../fakes/hub/startFakeHub.ts';
import type { RunningFakeHub } from '../fakes/hub/startFakeHub.ts';
import { makeTinyGguf, TINY_ANSWER } from '../fakes/models/makeTinyGguf.ts';
import { poolEnvironment } from '../support/backend.ts';

const script = fileURLToPath(new URL('../../scripts/wheelhouse.mjs', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'wh-model-cli-'));
const folder = mkdtempSync(join(tmpdir(), 'wh-model-cli-files-'));
let hub: RunningFakeHub;

interface Told { code: number; stdout: string; stderr: string }

function wheelhouse(...args: string[]): Promise<Told> {
  const env = { ...process.env, ...poolEnvironment(), WHEELHOUSE_HOME: home, WHEELHOUSE_LISTENER_PORT: '0', WHEELHOUSE_SERVING_ENGINE: 'embedded', HF_ENDPOINT: hub.url, HF_TOKEN: '', HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env, maxBuffer: 20_000_000 }, (error, stdout, stderr) => { resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }); });
  });
}

async function json<T>(...args: string[]): Promise<T> {
  const { stdout, stderr, code } = await wheelhouse(...args, '--json');
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

beforeAll(async () => {
  const small = makeTinyGguf(join(folder, 'small.gguf'), { name: 'Small' }).path;
  makeTinyGguf(join(folder, 'own.gguf'), { name: 'Own', seed: 3 });
  hub = await startFakeHub({ repos: [{ id: 'harbour/small-GGUF', tags: ['gguf'], downloads: 7, files: [{ path: 'small-Q4_K_M.gguf', localPath: small }] }] });
}, 60_000);

afterAll(async () => {
  await wheelhouse('stop');
  await hub.stop();
  for (const each of [home, folder]) rmSync(each, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

test('a model is found, pulled with its progress, listed and shown with its fit', async () => {
  const found = await wheelhouse('model', 'search', 'small');
  const pulled = await wheelhouse('model', 'pull', 'harbour/small-GGUF:Q4_K_M');
  const again = await wheelhouse('model', 'pull', 'harbour/small-GGUF:Q4_K_M');
  const wrong = await wheelhouse('model', 'pull', 'harbour/small-GGUF:Q9');
  const listed = await wheelhouse('model', 'list');
  const shown = await json<{ source: { repo: string }; fit: { verdict: string } }>('model', 'show', 'harbour/small-GGUF');

  expect([found.code, found.stdout]).toEqual([0, expect.stringMatching(/harbour\/small-GGUF/)]);
  expect([pulled.code, pulled.stdout, pulled.stderr]).toEqual([0, expect.stringMatching(/is here/), expect.stringMatching(/100 %/)]);
  expect(again.code).toBe(0);
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/has no Q9\. It has: Q4_K_M/)]);
  expect(listed.stdout).toMatch(/^harbour\/small-GGUF/m);
  expect(shown).toMatchObject({ source: { repo: 'harbour/small-GGUF' }, fit: { verdict: 'fits' } });
});

test('a file is imported in place, gets an alias and a role, goes back a step, and is removed without being deleted', async () => {
  const [own] = await json<{ reference: string }[]>('model', 'import', join(folder, 'own.gguf'));
  const reference = own?.reference ?? '';
  const aliased = await wheelhouse('model', 'alias', 'mine', reference);
  await wheelhouse('model', 'role', 'coder', 'harbour/small-GGUF');
  const switched = await json<{ reference: string; history: unknown[] }>('model', 'role', 'coder', 'mine', '--note', 'better');
  const back = await json<{ reference: string }>('model', 'role', 'coder', '--revert');
  const refused = await wheelhouse('model', 'rm', reference);
  const removed = await wheelhouse('model', 'rm', reference, '--force');

  expect([aliased.stdout, switched.reference, switched.history.length]).toEqual([`mine stands for ${reference}.\n`, reference, 2]);
  expect(back.reference).toMatch(/^harbour\/small-GGUF/);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/is named by .*mine.*--force/)]);
  expect([removed.code, existsSync(join(folder, 'own.gguf'))]).toEqual([0, true]);
});

test('a model is loaded, asked, counted and unloaded; a key is made once and revoked', async () => {
  const loaded = await wheelhouse('model', 'load', 'harbour/small-GGUF');
  const running = await wheelhouse('model', 'ps');
  const answer = await wheelhouse('chat', 'harbour/small-GGUF', 'Who', 'are', 'you?');
  const made = await wheelhouse('key', 'create', 'laptop', '--requests-per-minute', '10');
  const keys = await wheelhouse('key', 'list');
  const revoked = await wheelhouse('key', 'revoke', 'laptop');
  const unloaded = await wheelhouse('model', 'unload', 'harbour/small-GGUF');
  const usage = await json<{ model: string; completionTokens: number }[]>('usage');
  const unknown = await wheelhouse('chat', 'nobody', 'Hello');

  expect([loaded.stdout, loaded.stderr]).toEqual([expect.stringMatching(/is loaded/), expect.stringMatching(/^(harbour\/small-GGUF.*(loading|queued)\n)*$/)]);
  expect(running.stdout).toMatch(/harbour\/small-GGUF.* (ready|busy) /);
  expect(answer.stdout.trim()).toBe(TINY_ANSWER);
  expect([made.stdout, keys.stdout, revoked.stdout]).toEqual([expect.stringMatching(/^whk_\S+\n/), expect.stringMatching(/^laptop/m), 'laptop is revoked.\n']);
  expect(unloaded.stdout).toMatch(/is unloaded/);
  expect(usage.reduce((sum, { completionTokens }) => sum + completionTokens, 0)).toBeGreaterThan(10);
  expect(unknown.code).toBe(1);
}, 120_000);
