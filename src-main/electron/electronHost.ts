import { dialog, Notification, shell, type BrowserWindow, type OpenDialogOptions } from 'electron';
import { AppError } from '#contract/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Host } from '../platform/host/host.ts';
import { openLink } from './contentGuard.ts';
import { words } from './desktopWords.ts';

/** The host of the desktop shell: native dialogs, the file manager, notifications, the user's browser. */
export class ElectronHost implements Host {
  readonly shell = 'desktop';
  readonly canPickFiles = true;
  readonly canPickFolders = true;
  readonly canReveal = true;
  readonly canNotify: boolean;
  readonly canOpenExternal = true;
  readonly #log: Logger;
  readonly #getWindow: () => BrowserWindow | null;

  constructor({ log, getWindow }: { log: Logger; getWindow: () => BrowserWindow | null }) {
    this.#log = log;
    this.#getWindow = getWindow;
    this.canNotify = Notification.isSupported();
  }

  pickFile({ title, extensions }: { title: string; extensions: readonly string[] }): Promise<string | null> {
    const filters = extensions.length === 0 ? [] : [{ name: words.file.any, extensions: [...extensions] }];
    return this.#pick({ title, filters, properties: ['openFile'] });
  }

  pickFolder({ title }: { title: string }): Promise<string | null> {
    return this.#pick({ title, properties: ['openDirectory', 'createDirectory'] });
  }

  async reveal(path: string): Promise<void> {
    shell.showItemInFolder(path);
  }

  async notify({ title, body }: { title: string; body: string }): Promise<void> {
    if (!this.canNotify) throw new AppError('host.unsupported', 'this desktop shows no notifications', { capability: 'notify' });
    new Notification({ title, body }).show();
  }

  async openExternal(url: string): Promise<void> {
    if (!(await openLink(url, this.#log))) throw new AppError('bad_input', 'only http and https addresses can be opened', { issues: ['url: must be http or https'] });
  }

  async #pick(options: OpenDialogOptions): Promise<string | null> {
    const window = this.#getWindow();
    const { canceled, filePaths } = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
    return canceled ? null : filePaths[0] ?? null;
  }
}
