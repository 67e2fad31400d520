import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
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

function readXsrf(page: Response): string {
  return /_xsrf=([^;]+)/.exec(page.headers.getSetCookie().join(';'))?.[1] ?? '';
}

/** Starts a kernel as the page does and runs one cell in it, over Jupyter's own REST and WebSocket. */
async function runCell(origin: string, xsrf: string, code: string): Promise<string> {
  const headers = { cookie: `_xsrf=${xsrf}`, 'x-xsrftoken': xsrf, 'content-type': 'application/json' };
  const { id } = await (await fetch(`${origin}/api/kernels`, { method: 'POST', headers, body: '{}' })).json() as { id: string };
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/kernels/${id}/channels?session_id=test`, { headers });
  const header = { msg_id: 'cell', msg_type: 'execute_request', username: '', session: 'test', date: new Date(0).toISOString(), version: '5.3' };
  const request = { channel: 'shell', header, parent_header: {}, metadata: {}, buffers: [], content: { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: true } };
  const result = new Promise<string>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => { socket.send(JSON.stringify(request)); });
    socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString()) as { msg_type: string; content: { data?: Record<string, string> } };
      if (message.msg_type === 'execute_result') resolve(message.content.data?.['text/plain'] ?? '');
    });
  });
  return result.finally(() => { socket.terminate(); });
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
  const page = await fetch(started.url ?? '');
  const { origin } = new URL(started.url ?? '');
  const answer = await runCell(origin, readXsrf(page), '6 * 7');
  const shell = await client.terminals.openShell({ instance: id });
  const mark = started.runId ?? '';
  const whileRunning = findMarked(mark);

  await client.instances.stop({ instance: id });
  const stopped = await waitFor(async () => {
    const now = await client.instances.get({ instance: id });
    return now.status === 'stopped' ? now : null;
  }, { timeoutMs: 40_000, what: 'the stop' });

  expect(page.status).toBe(200);
  expect(await page.text()).toContain('JupyterLab');
  expect(answer).toBe('42');
  expect(shell).toMatchObject({ kind: 'shell', instanceId: id, state: 'live' });
  expect(whileRunning).toContain(started.pid);
  expect(stopped).toMatchObject({ status: 'stopped', port: null, pid: null, isInstalled: true });
  expect(findMarked(mark)).toEqual([]);
  expect(await isPortFree(started.port ?? 0)).toBe(true);
});
