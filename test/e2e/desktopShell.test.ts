import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launchDesktop, type DesktopApp } from '../support/electronShim/launchDesktop.ts';
import { waitFor } from '../support/waitFor.ts';

const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-shell-'));
const appFolder = join(folder, 'app');
const PAGE = `
  window.connect = () => new Promise((resolve) => {
    window.addEventListener('message', (event) => { if (event.data?.type === 'wheelhouse:ports') resolve(event.ports); });
    window.postMessage({ type: 'wheelhouse:connect' }, location.origin);
  });
  window.once = (port) => new Promise((resolve) => { port.onmessage = (event) => resolve(event.data); });
`;
const manifest = JSON.parse(readFileSync(inRepository('package.json'), 'utf8')) as { version: string };
let desktop: DesktopApp | null = null;
let launches = 0;

beforeAll(async () => {
  mkdirSync(join(appFolder, 'dist', 'window'), { recursive: true });
  cpSync(inRepository('resources/icons'), join(appFolder, 'resources', 'icons'), { recursive: true });
  writeFileSync(join(appFolder, 'dist', 'window', 'index.html'), '<!doctype html><title>Window</title><script src="page.js"></script>');
  writeFileSync(join(appFolder, 'dist', 'window', 'page.js'), PAGE);
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  await build({ configFile: inRepository('vite.config.ts'), mode: 'preload', logLevel: 'silent', build: { outDir: join(appFolder, 'dist', 'preload') } });
});

afterEach(async () => {
  await desktop?.stop();
  desktop = null;
});

afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

function launch({ liveCount = 0, home = join(folder, `home${(launches += 1)}`) } = {}): DesktopApp {
  mkdirSync(home, { recursive: true });
  return launchDesktop({ mainPath: inRepository('test/support/desktopShell/main.ts'), userDataPath: join(home, 'desktop'), args: [appFolder, home, String(liveCount)] });
}

async function launchAndOpen(options: { liveCount?: number } = {}) {
  desktop = launch(options);
  const page = await desktop.findPage('wheelhouse.app');
  await waitFor(() => page.evaluate('typeof connect === "function"'), { what: 'the page' });
  return { desktop, page };
}

test('the window gets facts about the shell and two working ports, and new ones after a reload', async () => {
  const { desktop: app, page } = await launchAndOpen();
  const exchange = `(async () => {
    const [rpc, terminals] = await connect();
    rpc.postMessage('hello');
    terminals.postMessage(new Uint8Array([1, 2, 255]));
    return [await once(rpc), [...await once(terminals)]];
  })()`;

  expect(await page.evaluate('({ ...wheelhouseHost, pathOfFile: typeof wheelhouseHost.pathOfFile, isFrozen: Object.isFrozen(wheelhouseHost), leaked: typeof require })')).toEqual({
    shell: 'desktop', platform: process.platform, version: manifest.version, pathOfFile: 'function', isFrozen: true, leaked: 'undefined',
  });
  expect(await page.evaluate(exchange)).toEqual(['echo hello', [1, 2, 255]]);
  await page.reload();
  expect(await page.evaluate(exchange)).toEqual(['echo hello', [1, 2, 255]]);
  expect(app.output.match(/window (dis)?connected/g)).toEqual(['window connected', 'window disconnected', 'window connected']);
});

test('the window is isolated, sandboxed, and bound to its policy and folder', async () => {
  const { desktop: app, page } = await launchAndOpen();
  const [[options]] = await app.findCalls('new BrowserWindow') as [[{ webPreferences: object }]];

  expect(options.webPreferences).toMatchObject({ contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true, webviewTag: false });
  const answers = await page.evaluate(`Promise.all(['index.html', 'missing.js', '..%2f..%2f..%2fsecret.txt', '%2e%2e/secret.txt', '%zz', ''].map(async (path) => {
    const response = await fetch('/' + path);
    return [response.status, response.headers.get('content-security-policy')?.includes("default-src 'none'")];
  }))`);
  expect(answers).toEqual([[200, true], [404, true], [404, true], [404, true], [404, true], [404, true]]);
});

test('links to the web open in the browser; other windows, navigations and permissions are refused', async () => {
  const { desktop: app, page } = await launchAndOpen();

  await page.evaluate('void window.open("http://127.0.0.1:19001/lab")');
  await page.evaluate('void window.open("file:///etc/passwd")');
  await page.evaluate('void (location.href = "https://elsewhere.test/")');
  await waitFor(async () => (await app.findCalls('shell.openExternal')).length === 2, { what: 'two links' });

  expect(await app.findCalls('shell.openExternal')).toEqual([['http://127.0.0.1:19001/lab'], ['https://elsewhere.test/']]);
  expect((await app.ask('windows')).map(({ url }) => url)).toEqual(['app://wheelhouse/index.html']);
  expect(await app.ask('askPermission', 'media')).toEqual({ isChecked: false, isGranted: false });
  expect(await app.ask('askPermission', 'clipboard-sanitized-write')).toEqual({ isChecked: true, isGranted: true });
  expect(await app.ask('askPermission', 'clipboard-read')).toEqual({ isChecked: true, isGranted: true });
});

test('a second start shows the window of the first and ends', async () => {
  const { desktop: app } = await launchAndOpen();
  const second = launch({ home: join(folder, `home${launches}`) });

  expect(await second.exited).toBe(0);
  await waitFor(async () => (await app.findCalls('win.focus')).length > 0, { what: 'the focus' });
  expect(await app.ask('windows')).toHaveLength(1);
});

test('closing with nothing running quits without a question', async () => {
  const { desktop: app } = await launchAndOpen();
  await app.ask('setBounds', { width: 900, height: 700 });

  await app.ask('closeWindow');

  expect(await app.exited).toBe(0);
  expect(app.output).toContain('setting window.bounds {"x":100,"y":100,"width":900,"height":700,"isMaximized":false}');
  expect(app.output).toContain('backend stopped, runs leave');
});

test('closing while runs live asks; cancel keeps all, and the remembered choice is used the next time', async () => {
  const { desktop: app } = await launchAndOpen({ liveCount: 2 });
  await app.ask('answerDialog', { response: 2, checkboxChecked: false });
  await app.ask('closeWindow');
  await waitFor(async () => (await app.findCalls('dialog.showMessageBox')).length === 1, { what: 'the question' });
  expect(await app.ask('windows')).toHaveLength(1);

  await app.ask('answerDialog', { response: 0, checkboxChecked: true });
  await app.ask('closeWindow');

  expect(await app.exited).toBe(0);
  expect(app.output).toContain('setting window.onQuit "stop"');
  expect(app.output).toContain('backend stopped, runs stop');
});

test('the tray quits in the way that was chosen, without a question', async () => {
  const { desktop: app } = await launchAndOpen({ liveCount: 3 });
  expect(await app.ask('trayLabels')).toEqual(['Open Wheelhouse', '3 running', '', 'Quit and stop all', 'Quit and leave running']);

  await app.ask('clickTray', 'quitLeave');

  expect(await app.exited).toBe(0);
  expect(app.output).toContain('backend stopped, runs leave');
});

test('a right click on text or a link gets the menu that a browser has', async () => {
  const { desktop: app } = await launchAndOpen();
  const editFlags = { canCut: true, canCopy: true, canPaste: true, canSelectAll: true };

  await app.ask('clickRight', { isEditable: true, selectionText: '', linkURL: '', editFlags });
  await app.ask('clickRight', { isEditable: false, selectionText: 'port', linkURL: 'http://127.0.0.1:19001/', editFlags });
  await app.ask('clickRight', { isEditable: false, selectionText: ' ', linkURL: 'app://wheelhouse/#/journal', editFlags });

  expect(await app.findCalls('menu.popup')).toEqual([[['cut', 'copy', 'paste', '', 'selectAll']], [['copy', 'Copy link address']]]);
});

test('the menu changes the zoom within its bounds and leaves the terminal its shortcuts', async () => {
  const { desktop: app } = await launchAndOpen();

  for (let i = 0; i < 12; i += 1) await app.ask('clickMenu', 'zoomIn');

  expect(app.output).toContain('setting window.zoomPercent 110');
  expect(app.output).not.toContain('setting window.zoomPercent 210');
  const accelerators = JSON.stringify(await app.ask('menuItems'));
  for (const taken of ['Ctrl+R"', 'Ctrl+W"', 'Ctrl+Q"']) expect(accelerators).not.toContain(taken);
});

test('a signal ends the app at once and leaves what runs', async () => {
  const { desktop: app } = await launchAndOpen({ liveCount: 3 });

  app.process.kill('SIGTERM');

  expect(await app.exited).toBe(0);
  expect(app.output).toContain('backend stopped, runs leave');
});

test('what the backend has to say at the start is shown once', async () => {
  const { desktop: app } = await launchAndOpen({ liveCount: 7 });

  expect(await app.findCalls('dialog.showMessageBox')).toEqual([[{ type: 'warning', message: 'Please note', detail: 'The database was damaged.' }]]);
});

test('a page that crashed is loaded again and gets new ports', async () => {
  const { desktop: app, page } = await launchAndOpen();
  await page.evaluate('connect().then((ports) => ports.length)');

  await app.ask('crashPage');

  await waitFor(() => app.output.includes('window disconnected'), { what: 'the end of the old ports' });
  const again = await app.findPage('wheelhouse.app', { except: page });
  await waitFor(() => again.evaluate('typeof connect === "function"'), { what: 'the new page' });
  expect(await again.evaluate('connect().then(async ([rpc]) => { rpc.postMessage("again"); return once(rpc); })')).toBe('echo again');
});
