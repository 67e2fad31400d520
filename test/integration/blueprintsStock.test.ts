import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseBlueprint } from '../../src-main/features/blueprints/index.ts';
import { classifyExit } from '../../src-main/features/runs/exitCausePolicy.ts';
import { probeBind } from '../../src-main/platform/process/bindProbe.ts';
import { createProcessTable } from '../../src-main/platform/process/createProcessTable.ts';
import { waitFor } from '../support/waitFor.ts';

const stockFolder = fileURLToPath(new URL('../../blueprints', import.meta.url));
const table = createProcessTable();
let folder = '';
let mark = '';

interface Step { pid: number; output: () => string; ended: Promise<{ exitCode: number | null; signal: string | null }> }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stock-'));
  mark = `run_stock_${folder.slice(-6)}`;
});
afterEach(async () => {
  await table.signalTree(await table.readTree({ rootPid: 0, mark }), 'SIGKILL');
  await waitFor(async () => !(await table.findMarked()).has(mark));
  await rm(folder, { recursive: true });
});

function start(script: string, args: string[], variables: Record<string, string> = {}): Step {
  const pip = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(PIP_|SSL_|HTTPS?_PROXY|https?_proxy)/.test(name)));
  const child = spawn('/bin/bash', [script, ...args], {
    cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...pip, PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, WHEELHOUSE_RUN_ID: mark, WEBUI_HOST: '127.0.0.1', INSTANCE_NAME: 'A lab; $(x)',
      INSTANCE_CONF_DIR: folder, INSTANCE_OUTPUT_DIR: join(folder, 'my output'), SUBFOLDER: '/instance/a-lab/', PYTHONNOUSERSITE: '1',
      WHEELHOUSE_BLUEPRINT_LIB: join(stockFolder, 'lib'), ...variables,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { output += text; });
  if (child.pid === undefined) throw new Error('bash did not start');
  const ended = new Promise<{ exitCode: number | null; signal: string | null }>((resolve) => {
    child.once('close', (exitCode, signal) => { resolve({ exitCode, signal }); });
  });
  return { pid: child.pid, output: () => output, ended };
}

async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', () => { resolve(); }); });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.each(['http-server', 'jupyterlab', 'tensorboard', 'gradio-starter', 'mlflow'])('the stock blueprint %s', (stem) => {
  test('installs, installs again without harm, answers, and stops without a trace', async ({ skip }) => {
    const script = join(stockFolder, `${stem}.sh`);
    const { header } = parseBlueprint(await readFile(script, 'utf8'), { fileName: `${stem}.sh` });
    const install = start(script, ['install']);
    const end = await install.ended;
    const verdict = classifyExit({ ...end, logTail: install.output(), oomKilled: false, wantedStop: false });
    if (verdict.cause === 'network') skip(`the package index cannot be reached: ${verdict.evidence ?? ''}`);
    expect(verdict, install.output().slice(-2_000)).toMatchObject({ cause: 'none' });
    expect(install.output()).toMatch(/^::wh stage \S+ 1\/\d+ \S/m);
    expect(await start(script, ['install']).ended).toEqual({ exitCode: 0, signal: null });

    const port = await findPort();
    const run = start(script, ['run'], { WEBUI_PORT: String(port) });
    const page = await waitFor(async () => {
      const response = await fetch(`http://127.0.0.1:${port}${header.ready.path}`);
      return response.status >= header.ready.status.from && response.status < 400 ? { status: response.status, text: await response.text() } : null;
    }, { timeoutMs: 120_000, everyMs: 100, what: `${stem}: ${run.output().slice(-2_000)}` });
    expect(page.status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}${header.url.path}`)).status).toBe(200);

    const tree = await table.readTree({ rootPid: run.pid, mark });
    expect(await table.listensFor(tree, port)).toMatchObject({ address: '127.0.0.1' });
    expect((await table.readListeners(port)).map(({ address }) => address)).toEqual(['127.0.0.1']);
    await table.signalTree(tree, 'SIGTERM');
    await run.ended;
    await waitFor(async () => !(await table.findMarked()).has(mark), { timeoutMs: 20_000 });
    expect(await probeBind(port)).toEqual({ canBind: true });
  });
});

describe('the plumbing of stock blueprints', () => {
  async function aScript(...lines: string[]): Promise<string> {
    const path = join(folder, 'trial.sh');
    await writeFile(path, ['. "$WHEELHOUSE_BLUEPRINT_LIB/instance.sh" || exit 1', ...lines, ''].join('\n'));
    return path;
  }

  test('launch arguments keep their quotes and evaluate nothing', async () => {
    await writeFile(join(folder, 'launch_args.txt'), '--one "two words" # a comment\n--three=\'$(touch oops)\' *\n');
    const run = start(await aScript('wh_read_launch_args python3', 'printf "<%s>" "${wh_args[@]}"'), []);
    expect((await run.ended).exitCode).toBe(0);
    expect(run.output()).toBe('<--one><two words><--three=$(touch oops)><*>');
    expect(await readdir(folder)).not.toContain('oops');
  });

  test('a quote without an end is said', async () => {
    await writeFile(join(folder, 'launch_args.txt'), '--one "two\n');
    const run = start(await aScript('wh_read_launch_args python3', 'echo unreachable'), []);
    expect((await run.ended).exitCode).toBe(1);
    expect(run.output()).toContain('launch_args.txt cannot be read');
    expect(run.output()).not.toContain('unreachable');
  });

  test('local wheels come before packages, packages before the user’s requirements', async () => {
    await mkdir(join(folder, 'wheels'));
    const make = `
import zipfile
for name in ("wh_tiny", "wh_more"):
    with zipfile.ZipFile(("wheels/" if name == "wh_tiny" else "") + name + "-1.0-py3-none-any.whl", "w") as archive:
        info = name + "-1.0.dist-info/"
        archive.writestr(name + ".py", "")
        archive.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: " + name + "\\nVersion: 1.0\\n")
        archive.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(info + "RECORD", "")
`;
    await writeFile(join(folder, 'make.py'), make);
    await writeFile(join(folder, 'requirements.txt'), './wh_more-1.0-py3-none-any.whl\n');
    const run = start(await aScript('python3 make.py && wh_ensure_env && wh_install_packages wh_tiny==1.0', 'env/bin/python -c "import wh_tiny, wh_more; print(\'both\')"'), [], { PIP_NO_INDEX: '1', PIP_FIND_LINKS: '' });
    expect(await run.ended, run.output()).toEqual({ exitCode: 0, signal: null });
    expect([...run.output().matchAll(/^::wh stage (\S+)/gm)].map(([, id]) => id)).toEqual(['wheels', 'packages', 'extras']);
    expect(run.output()).toContain('both');
  });

  test('a missing Python ends with a sentence and 127', async () => {
    await mkdir(join(folder, 'bin'));
    for (const tool of ['mkdir', 'dirname', 'basename']) await symlink(`/usr/bin/${tool}`, join(folder, 'bin', tool));
    const run = start(join(stockFolder, 'jupyterlab.sh'), ['install'], { PATH: join(folder, 'bin') });
    expect((await run.ended).exitCode).toBe(127);
    expect(run.output()).toMatch(/jupyterlab: Python 3\.10 or newer is missing\. Install it/);
  });

  test('an index without the package ends with a sentence and 1', async () => {
    const run = start(join(stockFolder, 'tensorboard.sh'), ['install'], { PIP_NO_INDEX: '1', PIP_FIND_LINKS: '' });
    expect((await run.ended).exitCode).toBe(1);
    expect(run.output()).toMatch(/tensorboard: The packages could not be installed/);
  });

  test('the starter app that the user edited is kept', async () => {
    await writeFile(join(folder, 'app.py'), 'mine');
    const lines = (await readFile(join(stockFolder, 'gradio-starter.sh'), 'utf8')).split('\n').filter((line) => !line.startsWith('wh_main') && !line.startsWith('. '));
    expect((await start(await aScript(...lines, 'write_starter'), []).ended).exitCode).toBe(0);
    expect(await readFile(join(folder, 'app.py'), 'utf8')).toBe('mine');
  });

  test('an unknown step and a run without a port are refused', async () => {
    const script = join(stockFolder, 'http-server.sh');
    expect((await start(script, ['fly']).ended).exitCode).toBe(64);
    const run = start(script, ['run']);
    expect((await run.ended).exitCode).toBe(1);
    expect(run.output()).toContain('WEBUI_PORT is not set');
  });
});
