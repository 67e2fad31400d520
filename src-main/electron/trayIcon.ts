import { Menu, nativeImage, Tray, type MenuItemConstructorOptions } from 'electron';
import type { Disposable } from '../base/disposables.ts';
import type { DesktopBackend } from './desktopBackend.ts';
import { fill, words } from './desktopWords.ts';

interface TrayIconDeps {
  backend: Pick<DesktopBackend, 'liveCount' | 'onDidChangeLiveCount'>;
  iconPath: string;
  open: () => void;
  quit: (runs: 'stop' | 'leave' | null) => void;
}

/** The icon in the tray: how many run, and the ways to quit. */
export class TrayIcon {
  readonly #deps: TrayIconDeps;
  #tray: Tray | null = null;
  #subscription: Disposable | null = null;

  constructor(deps: TrayIconDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#tray) return;
    const tray = new Tray(nativeImage.createFromPath(this.#deps.iconPath));
    tray.on('click', this.#deps.open);
    this.#tray = tray;
    this.#show(this.#deps.backend.liveCount);
    this.#subscription = this.#deps.backend.onDidChangeLiveCount((count) => { this.#show(count); });
  }

  stop(): void {
    this.#subscription?.dispose();
    this.#tray?.destroy();
    this.#tray = null;
  }

  #show(count: number): void {
    this.#tray?.setToolTip(fill(words.tray.tooltip, { count }));
    this.#tray?.setContextMenu(Menu.buildFromTemplate(this.#createItems(count)));
  }

  #createItems(count: number): MenuItemConstructorOptions[] {
    const { open, quit } = this.#deps;
    const ways = count === 0
      ? [{ id: 'quit', label: words.tray.quit, click: () => { quit(null); } }]
      : [
          { id: 'quitStop', label: words.tray.quitStop, click: () => { quit('stop'); } },
          { id: 'quitLeave', label: words.tray.quitLeave, click: () => { quit('leave'); } },
        ];
    return [
      { id: 'open', label: words.tray.open, click: open },
      { id: 'running', label: fill(words.tray.running, { count }), enabled: false },
      { type: 'separator' },
      ...ways,
    ];
  }
}
