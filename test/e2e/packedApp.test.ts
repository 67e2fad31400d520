import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openArchive, packDesktop } from '../support/desktopShell/packDesktop.ts';
import { endDesktop, openDesktopWindow, showInstance, showStatus, startDesktop, startInstanceByKeys, waitForStatus, wheelhouse } from '../support/desktopShell/realDesktop.ts';
import type { DesktopApp } from '../support/electronShim/launchDesktop.ts';
import { waitFor } from '../support/waitFor.ts';

const work = mkdtempSync(join(tmpdir(), 'wheelhouse-packed-'));
const home = join(work, 'home');
const reasonToSkip = process.platform === 'linux' ? '' : 'what a process has loaded is read from /proc';
let resourcesPath = '';
let desktop: DesktopApp | null = null;

beforeAll(async () => {
  if (reasonToSkip) return;
  const packed = await packDesktop(work);
  openArchive(packed);
  resourcesPath = join(packed, 'resources');
});

beforeEach((context) => { context.skip(reasonToSkip !== '', reasonToSkip); });
afterEach(async () => { if (desktop) await endDesktop(desktop, home); });
afterAll(() => { rmSync(work, { recursive: true, force: true, maxRetries: 5 }); });

/** The parts of the packed app that a process has mapped, by their paths under its resources. */
function findMapped(pid: number): string[] {
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').flatMap((line) => line.split(`${resourcesPath}/`)[1] ?? []);
  return [...new Set(maps)].sort();
}

/** The child of a process whose program this is. */
function findChild(pid: number, program: string): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  return children.find((child) => readWords(child, 'cmdline').includes(program)) ?? 0;
}

const startPacked = (env: Readonly<Record<string, string>> = {}): DesktopApp => startDesktop({ home, resourcesPath, mainPath: join(resourcesPath, 'app.asar', 'dist', 'electron', 'main.mjs'), env });
const readWords = (pid: number, file: 'cmdline' | 'environ'): string[] => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');

test('the packed app runs an instance, its natives and its terminal host outside of the archive', async () => {
  desktop = startPacked();
  const { page, failures } = await openDesktopWindow(desktop);
  await startInstanceByKeys(page, 'lab');
  const { pid, url } = await showInstance(home, 'lab');
  const { pid: backendPid, terminalHost, shell } = await showStatus(home);
  const hostPid = terminalHost.pid ?? 0;

  expect([shell, await (await fetch(url ?? '')).text()]).toEqual(['desktop', expect.stringContaining('It works')]);
  expect(findMapped(backendPid)).toEqual([`app.asar.unpacked/node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`]);
  expect(findMapped(hostPid)).toEqual(['app.asar.unpacked/node_modules/node-pty/build/Release/pty.node']);
  expect(readWords(hostPid, 'cmdline')).toContain(join(resourcesPath, 'app.asar.unpacked', 'dist', 'electron', 'ptyHost.mjs'));
  expect(readWords(hostPid, 'environ')).toContain('ELECTRON_RUN_AS_NODE=1');
  expect(readWords(pid ?? 0, 'environ').filter((entry) => entry.startsWith('ELECTRON_'))).toEqual([]);

  await page.keyboard.press('Space');
  await waitForStatus(page, 'lab', 'stopped');
  await wheelhouse(home, 'stop');
  expect([await desktop.exited, failures]).toEqual([0, []]);
  await waitFor(() => !existsSync(`/proc/${hostPid}`), { what: 'the terminal host to end' });
});

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });
const LLAMA_BINARY = /^app\.asar\.unpacked\/node_modules\/@node-llama-cpp\/.*\.node$/;
const answered = z.object({ choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]) });

test('the packed app answers by the model that comes with it, in an engine outside of the archive', async () => {
  desktop = startPacked({ WHEELHOUSE_SERVING_ENGINE: 'embedded' });
  await openDesktopWindow(desktop);
  const { pid: backendPid, address } = await showStatus(home);
  const model = await waitFor(async () => {
    const { data } = modelList.parse(await (await fetch(`${address}/v1/models`)).json());
    return data.find(({ id }) => id.startsWith('wheelhouse-guide'))?.id;
  }, { timeoutMs: 60_000, what: 'the model that comes with the app' });
  const response = await fetch(`${address}/v1/chat/completions`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model, max_tokens: 16, messages: [{ role: 'user', content: 'What is an instance?' }] }),
  });
  const answer: unknown = await response.json();
  const [enginePid = 0, estimatePid = 0] = ['llamaEngine', 'estimateProcess'].map((name) => findChild(backendPid, join(resourcesPath, 'app.asar.unpacked', 'dist', 'electron', `${name}.mjs`)));

  expect([response.status, answered.safeParse(answer).data?.choices[0].message.content ?? answer]).toEqual([200, expect.stringMatching(/\w+/)]);
  expect(findMapped(enginePid)).toEqual(expect.arrayContaining([expect.stringMatching(LLAMA_BINARY), 'app.asar.unpacked/resources/models/wheelhouse-guide.gguf']));
  expect(findMapped(estimatePid)).toContainEqual(expect.stringMatching(LLAMA_BINARY));
  expect(readWords(enginePid, 'environ')).toContain('ELECTRON_RUN_AS_NODE=1');

  await wheelhouse(home, 'stop');
  expect(await desktop.exited).toBe(0);
  await waitFor(() => !existsSync(`/proc/${enginePid}`), { what: 'the engine to end' });
});
