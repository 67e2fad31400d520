import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collect, ProjectCopy } from '../support/projectCopy.ts';
import { waitFor } from '../support/waitFor.ts';

const noDisplay = { DISPLAY: undefined, WAYLAND_DISPLAY: undefined };
const address = 'http://127.0.0.1:1/?token=t';

/** Stands where the headless shell stands: says what it was given, prints an address, and ends by TERM with 7. */
const shell = `
console.log('arguments ' + JSON.stringify(process.argv.slice(2)) + ' by Node ' + process.versions.node);
console.log('Open ${address}');
const alive = setInterval(() => undefined, 1_000);
process.on('SIGTERM', () => { clearInterval(alive); process.exitCode = 7; });
`;
const recorder = (file: string): string => `#!/bin/sh\nprintf '%s\\n' "$@" > '${file}.part'\nmv '${file}.part' '${file}'\nexit 3\n`;

let project: ProjectCopy;

beforeAll(async () => {
  project = new ProjectCopy();
  project.linkPackages();
  project.write('src-main/headless/main.ts', shell);
  await project.run('setup.mjs');
});
afterAll(() => { project.dispose(); });


test('without a display the headless shell gets the arguments and the signals, and its exit code is kept', async () => {
  const child = project.start('start.mjs', { args: ['--port', '0'], env: noDisplay });
  let stdout = '';
  child.stdout?.on('data', (text) => { stdout += String(text); });
  const end = collect(child);

  await waitFor(() => stdout.includes(address), { what: 'the address' });
  child.kill('SIGTERM');

  expect(await end).toMatchObject({ code: 7 });
  expect(stdout).toMatch(/no display here/);
  expect(stdout).toMatch(/arguments \["--port","0"\] by Node 24\./);
});

test('with a display and no Electron it tries once to fetch it, says so, and opens the address in a window', async () => {
  project.write('dist/electron/main.mjs', '');
  project.write('fake/chromium', recorder(project.path('opened')), { mode: 0o755 });
  const unreachable = { ELECTRON_OVERRIDE_DIST_PATH: project.path('nowhere'), ELECTRON_MIRROR: 'http://127.0.0.1:9/', electron_config_cache: project.path('empty') };
  const env = { ...unreachable, DISPLAY: ':404', PATH: `${project.path('fake')}:${process.env['PATH'] ?? ''}` };
  const startAndStop = async (): Promise<string> => {
    rmSync(project.path('opened'), { force: true });
    const child = project.start('start.mjs', { env });
    const end = collect(child);
    await waitFor(() => existsSync(project.path('opened')), { what: 'the window', timeoutMs: 30_000 });
    child.kill('SIGTERM');
    return (await end).stdout;
  };

  const first = await startAndStop();
  const second = await startAndStop();

  expect(readFileSync(project.path('opened'), 'utf8')).toContain(`--app=${address}`);
  expect(first).toMatch(/fetching the desktop shell[^]*Electron\) cannot be had here/);
  expect(second).not.toContain('fetching');
  expect(second).toMatch(/\[start \S+\] the desktop shell \(Electron\) cannot be had here: the window opens in a browser\narguments/);
});

test('with a display and Electron the desktop shell starts on this folder', async () => {
  project.write('dist/electron/main.mjs', '');
  project.write('fake/electron', recorder(project.path('started')), { mode: 0o755 });

  const { code } = await project.run('start.mjs', { args: ['--home', 'h'], env: { DISPLAY: ':404', ELECTRON_OVERRIDE_DIST_PATH: project.path('fake') } });

  const given = readFileSync(project.path('started'), 'utf8').trim().split('\n').filter((arg) => arg !== '--no-sandbox');
  expect({ code, given }).toEqual({ code: 3, given: [project.folder.replace(/\/$/, ''), '--home', 'h'] });
});
