import { app } from './app.ts';
import { launchBrowser } from './browser.ts';
import { BrowserWindow } from './browserWindow.ts';
import { powerMonitor } from './desktop.ts';
import { Menu, Tray } from './menus.ts';
import { nativeTheme } from './nativeTheme.ts';
import { failLoudly } from './rejections.ts';
import { dialogAnswers, recordedCalls } from './recorder.ts';

/** What a test may ask of the running application; each answer goes back over the child's IPC channel. */
const commands = {
  endpoint: async () => (await launchBrowser()).endpoint,
  calls: () => JSON.parse(JSON.stringify(recordedCalls)) as unknown,
  answerDialog: (answer: unknown) => { dialogAnswers.push(answer); },
  clickMenu: (idOrLabel: string) => { clickItem(Menu.getApplicationMenu(), idOrLabel); },
  clickTray: (idOrLabel: string) => { clickItem([...Tray.all][0]?.menu ?? null, idOrLabel); },
  trayLabels: () => [...Tray.all].flatMap((tray) => tray.menu?.items.map(({ label }) => label) ?? []),
  menuItems: () => describeMenu(Menu.getApplicationMenu()),
  windows: () => BrowserWindow.getAllWindows().map((window) => ({
    url: window.webContents.getURL(), bounds: window.getBounds(), isMaximized: window.isMaximized(), isVisible: window.isVisible(),
    title: window.getTitle(), zoomFactor: window.webContents.zoomFactor,
  })),
  setBounds: (bounds: { width: number; height: number }) => { BrowserWindow.getAllWindows()[0]?.setBounds(bounds); },
  /** A right click that the page leaves to the application. */
  clickRight: (place: object) => { BrowserWindow.getAllWindows()[0]?.webContents.emit('context-menu', {}, place); },
  closeWindow: () => { BrowserWindow.getAllWindows()[0]?.close(); },
  askPermission: (permission: string) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    return contents?.session.askPermission(contents, permission, contents.mainFrame.origin);
  },
  setTheme: (source: 'system' | 'dark' | 'light') => { nativeTheme.themeSource = source; },
  emitPower: (event: string) => { powerMonitor.emit(event); },
  crashPage: () => BrowserWindow.getAllWindows()[0]?.webContents.crash(),
  quit: () => { app.quit(); },
} satisfies Record<string, (argument: never) => unknown>;

export type ControlCommands = typeof commands;

interface ControlRequest { control: number; command: keyof ControlCommands; argument: unknown }

/** Listens for a test's commands where there is a channel; the channel alone does not keep the process alive. */
export function startControl(): void {
  if (!process.send) return;
  process.on('message', (message) => { answer(message as ControlRequest).catch(failLoudly); });
  process.channel?.unref();
}

async function answer({ control, command, argument }: ControlRequest): Promise<void> {
  try {
    const run = commands[command] as (argument: unknown) => unknown;
    process.send?.({ control, value: await run(argument) });
  } catch (error) {
    process.send?.({ control, error: String(error) });
  }
}

function clickItem(menu: Menu | null, idOrLabel: string): void {
  const item = menu?.findItem(idOrLabel);
  if (!item) throw new Error(`no menu item ${idOrLabel}`);
  item.click();
}

interface MenuDescription { label: string; role: string | undefined; accelerator: string | undefined; items: MenuDescription[] }

function describeMenu(menu: Menu | null | undefined): MenuDescription[] {
  return menu?.items.map(({ label, role, accelerator, submenu }) => ({ label, role, accelerator, items: describeMenu(submenu) })) ?? [];
}
