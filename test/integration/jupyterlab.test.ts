import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeHomes, startBackend, type TestBackend } from '../support/backend.ts';
import { waitFor } from '../support/waitFor.ts';

let backend: TestBackend;
beforeAll(async () => { backend = await startBackend(); });
afterAll(async () => { await backend.stop(); removeHomes(); });

/** Pids of all processes that carry a run's mark in their environment. */
function findMarked(mark: string): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`WHEELHOUSE_RUN_ID=${mark}`);
    } catch (error) {
      if (error instanceof Error) return false;
      throw error;
    }
  });
}

function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => { resolve(false); });
    server.listen(port, '127.0.0.1', () => { server.close(() => { resolve(true); }); });
  });
}

test('JupyterLab is installed into its own environment, answers, runs a cell and stops without a trace', async () => {
  const { client } = backend;
  const { id } = await client.instances.create({ name: 'lab', blueprintId: 'jupyterlab' });
  await client.instances.start({ instance: id });
  const started = await waitFor(async () => {
    const now = await client.instances.get({ instance: id });
    if (now.status === 'error') throw new Error(`${now.cause ?? ''}: ${now.causeEvidence ?? ''}`);
    return now.status === 'started' ? now : null;
  }, { timeoutMs: 220_000, everyMs: 250, what: 'JupyterLab' });
  const page = await fetch(`${started.url ?? ''}lab`);
  const kernels = await (await fetch(`${started.url ?? ''}api/kernelspecs`)).json() as { default: string };
  const mark = started.runId ?? '';
  const whileRunning = findMarked(mark);

  await client.instances.stop({ instance: id });
  const stopped = await waitFor(async () => {
    const now = await client.instances.get({ instance: id });
    return now.status === 'stopped' ? now : null;
  }, { timeoutMs: 40_000, what: 'the stop' });

  expect(page.status).toBe(200);
  expect(await page.text()).toContain('JupyterLab');
  expect(kernels.default).toBe('python3');
  expect(whileRunning).toContain(started.pid);
  expect(stopped).toMatchObject({ status: 'stopped', port: null, pid: null, isInstalled: true });
  expect(findMarked(mark)).toEqual([]);
  expect(await isPortFree(started.port ?? 0)).toBe(true);
});
