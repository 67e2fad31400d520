import { spawn } from 'node:child_process';
import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSetpriv, guardCommand } from '../../src-main/platform/llama/guardedCommand.ts';
import { makeTinyGguf, makeTinyLora, TINY_ANSWER, TINY_LORA_ANSWER } from '../fakes/models/makeTinyGguf.ts';
import { findLlamaServer, NO_LLAMA_SERVER } from '../support/llamaServer.ts';
import { aLaunch, LlamaWorld, type StartedEngine } from '../support/llamaWorld.ts';
import { waitFor } from '../support/waitFor.ts';

let world: LlamaWorld;
const hasServer = findLlamaServer() !== null;

beforeAll(async () => {
  world = new LlamaWorld();
  makeTinyGguf(world.path('tiny.gguf'));
  makeTinyGguf(world.path('loop.gguf'), { isLooping: true });
  await world.server.readAvailability();
});
afterAll(() => world.dispose());

function toSize(resident: { residentBytes: number; mappedFileBytes: number } | null): string {
  if (resident === null || resident.mappedFileBytes === 0) return 'no files known';
  return resident.mappedFileBytes < resident.residentBytes ? 'some of it files' : 'all of it files';
}

const kinds = ['embedded', 'llama-server'] as const;

describe.each(kinds)('%s', (kind) => {
  const starter = (): LlamaWorld['embedded'] | LlamaWorld['server'] => (kind === 'embedded' ? world.embedded : world.server);
  const isMissing = kind === 'llama-server' && !hasServer;
  const isGone = async (engine: StartedEngine, pid: number): Promise<boolean> => (await world.processes.readTree({ rootPid: pid, mark: engine.process.mark })).entries.length === 0;

  test('it is found, starts, answers, tells its memory and leaves nothing behind', async (context) => {
    context.skip(isMissing, NO_LLAMA_SERVER);
    const availability = await starter().readAvailability();
    const engine = world.start(starter(), aLaunch({ modelPath: world.path('tiny.gguf'), slots: 2, contextTokens: 1_024 }));
    const early = await engine.process.readHealth(AbortSignal.timeout(5_000));
    await engine.whenReady();
    const answer = await engine.chat({ temperature: 0 });
    const resident = await engine.process.readResident();
    const pid = engine.process.pid ?? 0;
    const socketPath = engine.process.getEndpoint()?.socketPath ?? '';
    await engine.process.stop();

    expect(availability).toMatchObject({ kind: 'there', version: expect.stringMatching(/^\d+\.\d+/) as string });
    expect(early.kind).not.toBe('ready');
    expect(answer.text).toContain(JSON.stringify(TINY_ANSWER).slice(1, -1));
    expect(engine.memory?.gpu).toEqual({ weightsBytes: 0, kvBytes: 0, computeBytes: 0 });
    expect(engine.memory?.ram).toMatchObject({ kvBytes: 524_288, weightsBytes: expect.closeTo(450_000, -5) as number });
    expect(resident?.residentBytes).toBeGreaterThan(10_000_000);
    expect(toSize(resident)).toEqual(process.platform === 'linux' ? 'some of it files' : 'no files known');
    expect({ exit: engine.exit?.code, hasSocket: existsSync(socketPath), isGone: await isGone(engine, pid) }).toEqual({ exit: 0, hasSocket: false, isGone: true });
  });

  test('a foreign client without the key is turned away', async (context) => {
    context.skip(isMissing, NO_LLAMA_SERVER);
    const engine = await world.start(starter(), aLaunch({ modelPath: world.path('tiny.gguf') })).whenReady();
    const endpoint = engine.process.getEndpoint();
    Object.assign(endpoint?.headers ?? {}, { authorization: 'Bearer wrong' });
    const answer = await engine.chat({});

    expect(answer.status).toBe(401);
    await engine.process.stop();
  });

  test('it stops within its time while it is answering', async (context) => {
    context.skip(isMissing, NO_LLAMA_SERVER);
    const engine = await world.start(starter(), aLaunch({ modelPath: world.path('loop.gguf'), contextTokens: 32_768 })).whenReady();
    const asking = engine.chat({ stream: true }).catch(() => null);
    await waitFor(async () => await engine.countBusySlots() === 1);
    const pid = engine.process.pid ?? 0;
    const startedAt = performance.now();
    await Promise.all([engine.process.stop(), engine.process.stop()]);
    await asking;

    expect(performance.now() - startedAt).toBeLessThan(8_000);
    expect(await isGone(engine, pid)).toBe(true);
  });

  test('a file that is no model ends it, and the reason is told', async (context) => {
    context.skip(isMissing, NO_LLAMA_SERVER);
    writeFileSync(world.path(`no-${kind}.gguf`), 'this is not a model at all, whatever its name says');
    makeTinyGguf(world.path(`cut-${kind}.gguf`));
    truncateSync(world.path(`cut-${kind}.gguf`), 100_000);
    const engines = ['no', 'cut'].map((name) => world.start(starter(), aLaunch({ modelPath: world.path(`${name}-${kind}.gguf`) })));
    await waitFor(() => engines.every(({ exit }) => exit), { timeoutMs: 60_000 });

    expect(engines.map(({ exit }) => exit?.failure)).toEqual(['unreadable', 'unreadable']);
    expect(engines.every(({ exit }) => (exit?.tail.length ?? 0) > 0)).toBe(true);
  });

  test('an adapter is applied', async (context) => {
    context.skip(isMissing, NO_LLAMA_SERVER);
    makeTinyLora(world.path('lora.gguf'));
    const engine = await world.start(starter(), aLaunch({ modelPath: world.path('tiny.gguf'), adapters: [{ path: world.path('lora.gguf'), scale: 1 }] })).whenReady();
    const answer = await engine.chat({ temperature: 0 });

    expect(answer.text).toContain(TINY_LORA_ANSWER);
    await engine.process.stop();
  });
});

test('an engine that cannot be started is an exit, not an error', async () => {
  const engine = world.start(world.embedded, { ...aLaunch({ modelPath: '' }), modelPath: null });
  await waitFor(() => engine.exit);

  expect(engine.exit).toEqual({ code: null, signal: null, tail: ['there is no model file'], failure: 'spawn_failed' });
  await engine.process.stop();
});

test('an embedded engine ends at once when its parent is gone', async () => {
  const entry = fileURLToPath(new URL('../../src-main/llamaEngine/main.ts', import.meta.url));
  const child = spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.write(`${JSON.stringify({ listen: { socketPath: world.path('own.sock') }, secret: 's', name: 'tiny', modelPath: world.path('tiny.gguf'), contextTokens: 512, threads: 1 })}\n`);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text; });
  await waitFor(() => output.includes('"ready"'), { timeoutMs: 60_000 });
  const ended = new Promise<number>((resolve) => { child.once('exit', () => { resolve(performance.now()); }); });
  const closedAt = performance.now();
  child.stdin.end();

  expect(await ended - closedAt).toBeLessThan(2_000);
});

test.for(['setpriv', 'shell'])('a guarded program ends with its parent: %s', async (how, context) => {
  const setprivPath = how === 'setpriv' ? findSetpriv() : null;
  context.skip(how === 'setpriv' && setprivPath === null, 'this machine has no setpriv');
  const { command, args } = guardCommand({ command: 'sleep', args: ['600'] }, { platform: 'linux', setprivPath });
  const parent = spawn(process.execPath, ['-e', `
    const child = require('node:child_process').spawn(${JSON.stringify(command)}, ${JSON.stringify(args)}, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    child.once('spawn', () => console.log(child.pid));
    setInterval(() => {}, 1000);
  `], { env: { ...process.env, WHEELHOUSE_RUN_ID: `guard-${how}-${process.pid}` }, stdio: ['ignore', 'pipe', 'inherit'] });
  const listMarked = async (): Promise<number> => (await world.processes.findMarked()).get(`guard-${how}-${process.pid}`)?.filter(({ command: name }) => name.includes('sleep')).length ?? 0;
  await waitFor(async () => await listMarked() > 0, { timeoutMs: 15_000 });
  parent.kill('SIGKILL');

  await waitFor(async () => await listMarked() === 0, { timeoutMs: 15_000 });
  expect(await listMarked()).toBe(0);
});
