import { BrowserWindow } from './browserWindow.ts';
import type { WebContents } from './webContents.ts';
import { startControl } from './control.ts';

export { app } from './app.ts';
export { BrowserWindow } from './browserWindow.ts';
export { clipboard, dialog, globalShortcut, nativeImage, Notification, powerMonitor, powerSaveBlocker, screen, shell } from './desktop.ts';
export { ipcMain } from './ipcMain.ts';
export { Menu, MenuItem, Tray } from './menus.ts';
export { MessageChannelMain, MessagePortMain } from './messagePorts.ts';
export { nativeTheme } from './nativeTheme.ts';
export { protocol, session } from './session.ts';
export const webContents = {
  getAllWebContents: (): WebContents[] => BrowserWindow.getAllWindows().map((window) => window.webContents),
};

startControl();
