import { Menu, shell, type MenuItemConstructorOptions } from 'electron';
import { stepZoom } from '#contract/zoomSteps.ts';
import type { Logger } from '../base/logger.ts';
import type { DesktopSettings } from './desktopBackend.ts';
import { words } from './desktopWords.ts';
import { saveSetting } from './saveSetting.ts';

const NORMAL_ZOOM_PERCENT = 100;

interface ApplicationMenuDeps {
  settings: DesktopSettings;
  log: Logger;
  platform: NodeJS.Platform;
  paths: { home: string; logs: string };
  quit: () => void;
}

/** Sets the native menus. Shortcuts that a terminal needs (Ctrl with R, W or Q) are left to it outside macOS. */
export function setApplicationMenu(deps: ApplicationMenuDeps): void {
  const isMac = deps.platform === 'darwin';
  Menu.setApplicationMenu(Menu.buildFromTemplate([
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    createFileMenu(deps, isMac),
    createEditMenu(),
    createViewMenu(deps),
    { label: words.menu.window, submenu: [{ role: 'minimize' }, ...(isMac ? [{ role: 'zoom' }, { role: 'front' }] as const : [])] },
    createHelpMenu(deps.paths),
  ]));
}

function createFileMenu({ quit }: ApplicationMenuDeps, isMac: boolean): MenuItemConstructorOptions {
  const quitItem = { id: 'quit', label: words.menu.quit, accelerator: isMac ? 'Cmd+Q' : 'Ctrl+Shift+Q', click: quit };
  return { label: words.menu.file, submenu: [{ role: 'close', accelerator: isMac ? 'Cmd+W' : 'Alt+F4' }, { type: 'separator' }, quitItem] };
}

function createEditMenu(): MenuItemConstructorOptions {
  const roles = ['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll'] as const;
  return { label: words.menu.edit, submenu: roles.map((role) => ({ role })) };
}

function createViewMenu({ settings, log }: ApplicationMenuDeps): MenuItemConstructorOptions {
  const zoomTo = (percent: number): void => { saveSetting({ settings, log }, 'window.zoomPercent', percent); };
  const zoom = (direction: 'in' | 'out'): void => { zoomTo(stepZoom(settings.get('window.zoomPercent'), direction)); };
  return {
    label: words.menu.view,
    submenu: [
      { role: 'reload', label: words.menu.reload, accelerator: 'F5' },
      { role: 'toggleDevTools', accelerator: 'F12' },
      { type: 'separator' },
      { id: 'zoomIn', label: words.menu.zoomIn, accelerator: 'CmdOrCtrl+=', click: () => { zoom('in'); } },
      { id: 'zoomOut', label: words.menu.zoomOut, accelerator: 'CmdOrCtrl+-', click: () => { zoom('out'); } },
      { id: 'zoomReset', label: words.menu.zoomReset, accelerator: 'CmdOrCtrl+0', click: () => { zoomTo(NORMAL_ZOOM_PERCENT); } },
      { type: 'separator' },
      { role: 'togglefullscreen', accelerator: 'F11' },
    ],
  };
}

function createHelpMenu({ home, logs }: { home: string; logs: string }): MenuItemConstructorOptions {
  return {
    role: 'help',
    label: words.menu.help,
    submenu: [
      { id: 'openData', label: words.menu.openData, click: () => { shell.showItemInFolder(home); } },
      { id: 'openLogs', label: words.menu.openLogs, click: () => { shell.showItemInFolder(logs); } },
    ],
  };
}
