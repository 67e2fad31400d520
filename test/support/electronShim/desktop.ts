import { EventEmitter } from 'node:events';
import { dialogAnswers, record, recordOnly } from './recorder.ts';

function answerDialog<T>(name: string, args: readonly unknown[], fallback: T): Promise<T> {
  record(`dialog.${name}`, args.at(-1));
  return Promise.resolve((dialogAnswers.shift() as T | undefined) ?? fallback);
}

export const dialog = {
  showOpenDialog: (...args: unknown[]) => answerDialog('showOpenDialog', args, { canceled: true, filePaths: [] as string[] }),
  showSaveDialog: (...args: unknown[]) => answerDialog('showSaveDialog', args, { canceled: true, filePath: '' }),
  showMessageBox: (...args: unknown[]) => answerDialog('showMessageBox', args, { response: 0, checkboxChecked: false }),
  showErrorBox: (...args: unknown[]): void => { record('dialog.showErrorBox', ...args); },
};

export const shell = {
  openExternal: (url: string): Promise<void> => {
    record('shell.openExternal', url);
    return Promise.resolve();
  },
  openPath: (path: string): Promise<string> => {
    record('shell.openPath', path);
    return Promise.resolve('');
  },
  trashItem: (path: string): Promise<void> => {
    record('shell.trashItem', path);
    return Promise.resolve();
  },
  ...recordOnly('shell', ['showItemInFolder', 'beep']),
};

export class Notification extends EventEmitter {
  readonly #options: object;

  constructor(options: object = {}) {
    super();
    this.#options = options;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    record('notification', this.#options);
    this.emit('show');
  }

  close(): void {
    this.emit('close');
  }
}

class NativeImage {
  isEmpty(): boolean {
    return false;
  }

  resize(): this {
    return this;
  }

  addRepresentation(): void {
    record('nativeImage.addRepresentation');
  }

  setTemplateImage(): void {
    record('nativeImage.setTemplateImage');
  }
}

export const nativeImage = {
  createFromPath: () => new NativeImage(),
  createFromBuffer: () => new NativeImage(),
  createFromDataURL: () => new NativeImage(),
  createEmpty: () => new NativeImage(),
};

const area = { x: 0, y: 0, width: 1920, height: 1080 };
const display = { id: 1, bounds: area, workArea: area, workAreaSize: { width: 1920, height: 1080 }, scaleFactor: 1 };
export const screen = Object.assign(new EventEmitter(), {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
  getDisplayMatching: () => display,
});

let clipboardText = '';
export const clipboard = {
  writeText: (text: string): Promise<void> => {
    clipboardText = text;
    return Promise.resolve();
  },
  readText: (): Promise<string> => Promise.resolve(clipboardText),
};

export const powerMonitor = new EventEmitter();
export const powerSaveBlocker = { start: () => 1, stop: () => true, isStarted: () => false };
export const globalShortcut = { register: () => true, unregister: () => undefined, unregisterAll: () => undefined };
