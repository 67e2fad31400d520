import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn as spawnTerminal } from 'node-pty';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeTinyGguf, TINY_ANSWER } from '../fakes/models/makeTinyGguf.ts';
import { makeHome, removeHomes, startBackend, type TestBackend } from '../support/backend.ts';
import { waitFor } from '../support/waitFor.ts';

const script = fileURLToPath(new URL('../../scripts/wheelhouse.mjs', import.meta.url));
let backend: TestBackend;

beforeAll(async () => {
  const home = makeHome();
  makeTinyGguf(join(home, 'tiny.gguf'));
  makeTinyGguf(join(home, 'endless.gguf'), { name: 'Endless', isLooping: true, seed: 5 });
  backend = await startBackend({ home, env: { HOME: home, XDG_CACHE_HOME: join(home, 'cache'), WHEELHOUSE_SERVING_ENGINE: 'embedded' } });
  for (const name of ['tiny', 'endless']) await Array.fromAsync(await backend.client.models.importFrom({ path: join(home, `${name}.gguf`), name, how: 'link' }));
}, 120_000);
afterAll(async () => { await backend.stop(); removeHomes(); }, 60_000);
beforeEach(async () => { for (const { id } of await backend.client.conversations.list({})) await backend.client.conversations.remove({ conversation: id }); });

interface Running { readonly child: ChildProcessWithoutNullStreams; readonly output: { stdout: string; stderr: string }; readonly ended: Promise<number | null> }

function wheelhouse(...args: string[]): Running {
  const child = spawn(process.execPath, [script, '--home', backend.home, ...args]);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (bytes: Buffer) => { output[name] += bytes.toString(); });
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

function openTerminal(...args: string[]): { write: (text: string) => void; read: () => string; ended: Promise<number> } {
  const terminal = spawnTerminal(process.execPath, [script, '--home', backend.home, ...args], { cols: 200, rows: 30 });
  let text = '';
  terminal.onData((data) => { text += data; });
  const { promise, resolve } = Promise.withResolvers<number>();
  terminal.onExit(({ exitCode }) => { resolve(exitCode); });
  return { write: (typed) => { terminal.write(typed); }, read: () => text, ended: promise };
}

const isIdle = async (): Promise<boolean> => (await backend.client.serving.list({})).requests.length === 0;
const countAnswers = async (): Promise<number[]> => (await backend.client.conversations.list({})).map(({ messageCount }) => messageCount);

test('questions from a pipe are asked one after the other in one conversation, whenever they come', async () => {
  const { child, output, ended } = wheelhouse('chat', 'tiny');
  child.stdin.end('Who are you?\nAnd who else?');

  expect([await ended, output.stderr]).toEqual([0, '']);
  expect(output.stdout).toBe(`${TINY_ANSWER}\n${TINY_ANSWER}\n`);
  expect(await countAnswers()).toEqual([4]);
}, 120_000);

test('Ctrl+D at the prompt ends the talk, and nothing is left of one in which nothing was asked', async () => {
  const terminal = openTerminal('chat', 'tiny');
  await waitFor(() => terminal.read().includes('> '), { timeoutMs: 30_000, what: 'the prompt' });
  terminal.write('\u0004');

  expect([await terminal.ended, await countAnswers()]).toEqual([0, []]);
}, 60_000);

test('Ctrl+C in a talk ends the answer in the backend too', async () => {
  const terminal = openTerminal('chat', 'endless');
  await waitFor(() => terminal.read().includes('> '), { timeoutMs: 30_000, what: 'the prompt' });
  terminal.write('Go on\r');
  await waitFor(() => terminal.read().includes(TINY_ANSWER.slice(0, 10)), { timeoutMs: 60_000, what: 'an answer' });
  terminal.write('\u0003');

  expect(await terminal.ended).toBe(130);
  await waitFor(isIdle, { timeoutMs: 15_000, what: 'the answer to end' });
}, 120_000);

test('an interrupt during one question ends the answer in the backend too, and what came stays', async () => {
  const { child, output, ended } = wheelhouse('chat', 'endless', 'Go', 'on');
  await waitFor(() => output.stdout.includes(TINY_ANSWER.slice(0, 10)), { timeoutMs: 60_000, what: 'an answer' });
  child.kill('SIGINT');

  expect(await ended).toBe(130);
  await waitFor(isIdle, { timeoutMs: 15_000, what: 'the answer to end' });
  const [conversation] = await backend.client.conversations.list({});
  expect(await backend.client.conversations.messages({ conversation: conversation?.id ?? '' })).toMatchObject([{ role: 'user' }, { status: 'stopped', content: expect.stringContaining(TINY_ANSWER.slice(0, 10)) as string }]);
}, 120_000);

test('a model that is not there is said, and leaves no conversation behind', async () => {
  const { output, ended } = wheelhouse('chat', 'typo', 'hi');

  expect([await ended, output.stderr]).toEqual([1, expect.stringContaining('There is no model "typo" to ask.')]);
  expect(await countAnswers()).toEqual([]);
});

test('a key that has expired is listed as such', async () => {
  await backend.client.apiKeys.create({ name: 'old', expiresAtMs: 1 });
  const { output, ended } = wheelhouse('key', 'list');

  expect([await ended, output.stdout]).toEqual([0, expect.stringMatching(/^old .* expired$/m)]);
});

test('a load tells on the error stream how it goes', async () => {
  await backend.client.serving.unloadAll({ force: true });
  const { output, ended } = wheelhouse('model', 'load', 'endless');

  expect([await ended, output.stdout]).toEqual([0, expect.stringMatching(/^endless\S* is loaded/)]);
  expect(output.stderr).toMatch(/^(endless\S* .*(loading|queued)\n)+$/);
}, 120_000);
