import { app, BrowserWindow, ipcMain, Menu, MessageChannelMain, protocol, session, Tray, nativeImage, dialog } from 'electron';
import { fileURLToPath } from 'node:url';

const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'";
const PAGE = '<!doctype html><title>Toy</title><script src="page.js"></script><script>window.inlineRan = true;</script>';
const SCRIPT = `
  window.evalResult = (() => { try { return new Function('return 1')(); } catch (error) { return error.name; } })();
  window.connected = new Promise((resolve) => {
    window.addEventListener('message', (event) => {
      if (event.source === window && event.data.type === 'ports') resolve(event.ports);
    });
  });
  window.collect = (port, count) => new Promise((resolve) => {
    const got = [];
    port.onmessage = (event) => { got.push(event.data); if (got.length === count) resolve(got); };
  });
`;

protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
if (!app.requestSingleInstanceLock({ from: 'second' })) {
  process.stdout.write('second instance\n');
  app.exit(3);
} else {
  app.whenReady().then(openWindow).catch(fail);
}
app.on('second-instance', (_event, _argv, _folder, data) => { process.stdout.write(`told of ${JSON.stringify(data)}\n`); });

function openWindow(): void {
  protocol.handle('app', (request) => {
    const isScript = new URL(request.url).pathname.endsWith('.js');
    return new Response(isScript ? SCRIPT : PAGE, { headers: { 'content-type': isScript ? 'text/javascript' : 'text/html', 'content-security-policy': CSP } });
  });
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) => { answer(permission === 'clipboard-sanitized-write'); });
  const preload = fileURLToPath(new URL('./preload.cjs', import.meta.url));
  const window = new BrowserWindow({ width: 640, height: 480, webPreferences: { preload, contextIsolation: true, sandbox: true } });
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.webContents.on('will-navigate', (event) => { event.preventDefault(); });
  const tray = new Tray(nativeImage.createEmpty());
  tray.setContextMenu(Menu.buildFromTemplate([{ label: 'Ask', click: () => { ask().catch(fail); } }]));
  window.loadURL('app://toy/index.html').catch(fail);
}

function fail(error: unknown): void {
  queueMicrotask(() => { throw error; });
}

async function ask(): Promise<void> {
  const { response } = await dialog.showMessageBox({ message: 'Well?', buttons: ['a', 'b', 'c'] });
  process.stdout.write(`answered ${response}\n`);
}

ipcMain.handle('echo', (_event, value: unknown) => value);
ipcMain.on('connect', ({ sender }) => {
  const calls = new MessageChannelMain();
  const bytes = new MessageChannelMain();
  answerCalls(calls.port1);
  bytes.port1.on('message', ({ data }) => { bytes.port1.postMessage(data); });
  bytes.port1.start();
  sender.postMessage('ports', null, [calls.port2, bytes.port2]);
});

function answerCalls(port: Electron.MessagePortMain): void {
  port.on('message', ({ data, ports }) => {
    const { flood, sizeBytes, hello } = data as { flood?: number; sizeBytes?: number; hello?: string };
    for (let i = 0; i < (flood ?? 0); i += 1) port.postMessage(sizeBytes === undefined ? i : new Uint8Array(sizeBytes).fill(i));
    if (hello !== undefined) ports[0]?.postMessage(`hello ${hello}`);
  });
  port.on('close', () => { process.stdout.write('port closed\n'); });
  port.postMessage('waiting before start');
  port.start();
}
