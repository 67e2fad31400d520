import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { poolEnvironment } from '../support/backend.ts';

const script = fileURLToPath(new URL('../../scripts/wheelhouse.mjs', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'wh-cli-'));

interface Ran { code: number; stdout: string; stderr: string }

function wheelhouse(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env: { ...process.env, ...poolEnvironment(), WHEELHOUSE_HOME: home, WHEELHOUSE_LISTENER_PORT: '0' } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}
const json = async (...args: string[]): Promise<Record<string, unknown>> => JSON.parse((await wheelhouse(...args, '--json')).stdout) as Record<string, unknown>;

beforeAll(() => { mkdirSync(home, { recursive: true }); });
afterAll(async () => {
  await wheelhouse('stop');
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

describe('the command line', () => {
  test('says in one sentence that nothing runs', async () => {
    const ran = await wheelhouse('status');

    expect([ran.code, ran.stdout, ran.stderr.trim().split('\n').length]).toEqual([1, '', 1]);
  });

  test('starts the backend in the background for a command that needs it', async () => {
    const ran = await wheelhouse('blueprint', 'list', '--json');
    const ids = (JSON.parse(ran.stdout) as { id: string }[]).map(({ id }) => id);

    expect(ran.stderr).toContain('Started the backend in the background');
    expect(ids).toEqual(expect.arrayContaining(['stock:jupyterlab', 'stock:tensorboard', 'stock:gradio-starter', 'stock:mlflow', 'stock:http-server']));
  });

  test('prints all of a long answer into a pipe', async () => {
    const text = `#!/bin/bash\n### WHEELHOUSE-BLUEPRINT 1 ###\n# name = Long\n### END ###\n${'# a long script\n'.repeat(40_000)}`;
    mkdirSync(join(home, 'blueprints'), { recursive: true });
    writeFileSync(join(home, 'blueprints', 'long.sh'), text);

    const { text: printed } = await json('blueprint', 'show', 'long');

    expect(String(printed).length).toBe(text.length);
  });

  test('takes an instance through its whole life', async () => {
    const created = await json('instance', 'create', 'files', '--blueprint', 'http-server', '--group', 'Tools');
    const started = await json('instance', 'start', 'files', '--wait');
    const page = await fetch(String(started['url']));
    const status = await json('status');
    const listed = (await wheelhouse('instance', 'list')).stdout;
    const logs = await wheelhouse('instance', 'logs', 'files');
    const stopped = await json('instance', 'stop', 'files', '--wait');
    const removed = await wheelhouse('instance', 'rm', 'files');

    expect(created).toMatchObject({ name: 'files', status: 'stopped', health: 'unknown', cause: null, port: null, url: null, pid: null, runId: null, group: 'Tools' });
    expect(started).toMatchObject({ status: 'started', health: 'ok', cause: null, port: expect.any(Number) as number, pid: expect.any(Number) as number, runId: expect.any(String) as string });
    expect(page.status).toBe(200);
    expect(status).toMatchObject({ running: true, liveCount: 1 });
    expect(listed).toMatch(/files +started/);
    expect(logs.stdout).not.toBe('');
    expect(stopped).toMatchObject({ status: 'stopped', pid: null, port: null });
    expect(removed.stdout).toContain('trash');
  });

  test('an unknown instance is one clear sentence and exit code 1', async () => {
    const ran = await wheelhouse('instance', 'start', 'nobody');

    expect([ran.code, ran.stdout]).toEqual([1, '']);
    expect(ran.stderr.trim()).toBe('There is no instance "nobody". "wheelhouse instance list" shows them.');
  });

  test('a name that cannot be one is refused with the reason', async () => {
    const ran = await wheelhouse('instance', 'create', '../up', '--blueprint', 'http-server');

    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('"../up" cannot be a name');
  });

  test('a broken script is checked with file and line', async () => {
    const file = join(home, 'broken.sh');
    writeFileSync(file, '#!/bin/bash\n### WHEELHOUSE-BLUEPRINT 1 ###\n# name = Broken\n# env.path = ../../x\n### END ###\n');
    const ran = await wheelhouse('blueprint', 'check', file);

    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain(`${file}:4: error:`);
  });

  test('looks at the machine', async () => {
    const checks = JSON.parse((await wheelhouse('doctor', '--json')).stdout) as { id: string; level: string }[];

    expect(checks).toEqual(expect.arrayContaining([expect.objectContaining({ id: 'python', level: 'ok' }), expect.objectContaining({ id: 'terminal-host', level: 'ok' })]));
  });

  test('a port that a foreign program holds is named with its holder', async () => {
    const port = Number(poolEnvironment().WHEELHOUSE_PORTS_LAST);
    const foreign = createServer((_request, response) => { response.end('mine'); });
    await new Promise<void>((resolve) => { foreign.listen(port, '127.0.0.1', resolve); });
    await wheelhouse('instance', 'create', 'squeezed', '--blueprint', 'http-server', '--port', String(port));
    const ran = await wheelhouse('instance', 'start', 'squeezed', '--wait');
    foreign.close();

    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`${process.pid}`);
  });

  test('ends the backend with all that it runs', async () => {
    await wheelhouse('instance', 'create', 'last', '--blueprint', 'http-server');
    const started = await json('instance', 'start', 'last', '--wait');
    const ran = await wheelhouse('stop', '--json');

    expect(JSON.parse(ran.stdout)).toEqual({ stopped: true });
    await expect(fetch(String(started['url']))).rejects.toThrow();
    expect((await wheelhouse('status')).code).toBe(1);
  });
});
