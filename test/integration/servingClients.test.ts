import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLIENT_SMOKES, PYTHON_SMOKE, readVectorLengths, type ClientPlace, type ClientReport } from '../support/clientSmokes.ts';
import { removeHomes } from '../support/backend.ts';
import { findLlamaServer, NO_LLAMA_SERVER } from '../support/llamaServer.ts';
import { startServingBackend, type ServingBackend } from '../support/servingBackend.ts';
import { startPortWorld, type PortWorld } from '../support/portWorld.ts';

const folder = mkdtempSync(join(tmpdir(), 'wh-clients-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

/** Installs openai for Python once; says why where that cannot be. */
let python: { path: string } | { missing: string } | null = null;
function preparePython(): NonNullable<typeof python> {
  const venv = join(folder, 'venv');
  const made = spawnSync('python3', ['-m', 'venv', venv], { encoding: 'utf8' });
  if (made.status !== 0) return { missing: 'Python has no venv' };
  const installed = spawnSync(join(venv, 'bin', 'pip'), ['install', '--quiet', '--retries', '1', '--timeout', '20', 'openai'], { encoding: 'utf8' });
  return installed.status === 0 ? { path: join(venv, 'bin', 'python') } : { missing: `pip cannot reach its index: ${installed.stderr.trim().split('\n').at(-1) ?? ''}` };
}

async function runPython(path: string, { url, apiKey, model, prompt, tool }: ClientPlace): Promise<ClientReport> {
  const child = spawn(path, ['-c', PYTHON_SMOKE, url, apiKey, model, prompt, tool.model, tool.prompt, tool.name], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, complaints] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => { output += bytes.toString(); });
  child.stderr.on('data', (bytes: Buffer) => { complaints += bytes.toString(); });
  const [code] = await once(child, 'close') as [number | null];
  if (code !== 0) throw new Error(complaints);
  return JSON.parse(output) as ClientReport;
}

/** Declares what every client must make of a place. */
function checkClients(getPlace: () => ClientPlace): void {
  const expectReport = (report: ClientReport): void => {
    const { answer, tool } = getPlace();
    expect({ whole: report.whole.trim(), streamed: report.streamed.trim(), tool: report.tool }).toEqual({ whole: answer, streamed: answer, tool: { name: tool.name, args: tool.args } });
    expect(report.promptTokens).toBeGreaterThan(0);
    expect(report.completionTokens).toBeGreaterThan(0);
  };

  test.each(CLIENT_SMOKES)('%s gets its answers whole, streamed and as a tool call', async (_name, smoke) => {
    expectReport(await smoke(getPlace()));
  });

  test('openai (python) gets its answers whole, streamed and as a tool call', async (ctx) => {
    python ??= preparePython();
    ctx.skip('missing' in python, 'missing' in python ? python.missing : '');
    if ('path' in python) expectReport(await runPython(python.path, getPlace()));
  });

  test('vectors have their length in every client', async () => {
    const { embedding: { length } } = getPlace();

    expect(await readVectorLengths(getPlace())).toEqual([['openai', length], ['ollama', length]]);
  });
}

describe('before a stand-in engine', () => {
  let world: PortWorld;
  let apiKey: string;
  beforeAll(async () => { world = await startPortWorld(); world.isLoopbackOpen = false; apiKey = world.keys.create({ name: 'clients' }).secret; });
  afterAll(async () => { await world.stop(); });

  checkClients(() => ({
    url: world.url, apiKey, model: 'demo', prompt: 'say 4', answer: 'w0 w1 w2 w3', tool: { model: 'demo', prompt: 'call a tool', name: 'weather', args: { city: 'Oslo' } }, embedding: { model: 'demo', length: 3 },
  }));
});

describe('before the embedded engine', () => {
  let serving: ServingBackend;
  beforeAll(async () => { serving = await startServingBackend('embedded'); });
  afterAll(async () => { await serving.backend.stop(); removeHomes(); });

  checkClients(() => serving.place);
});

describe.runIf(findLlamaServer() !== null)('before llama-server', () => {
  let serving: ServingBackend;
  beforeAll(async () => { serving = await startServingBackend('llama-server'); });
  afterAll(async () => { await serving.backend.stop(); removeHomes(); });

  checkClients(() => serving.place);
});

test('llama-server is there to be tried', (ctx) => { ctx.skip(findLlamaServer() === null, NO_LLAMA_SERVER); });
