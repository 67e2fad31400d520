import { EventEmitter } from 'node:events';
import { BrowserWindow } from './browserWindow.ts';
import { record } from './recorder.ts';

interface MenuItemTemplate {
  id?: string;
  label?: string;
  role?: string;
  type?: string;
  accelerator?: string;
  enabled?: boolean;
  visible?: boolean;
  checked?: boolean;
  submenu?: MenuItemTemplate[] | Menu;
  click?: (item: MenuItem, window: BrowserWindow | null, event: object) => void;
}

export class MenuItem {
  readonly id: string | undefined;
  readonly role: string | undefined;
  readonly type: string;
  readonly accelerator: string | undefined;
  readonly submenu: Menu | undefined;
  label: string;
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  readonly #click: MenuItemTemplate['click'];

  constructor(template: MenuItemTemplate) {
    this.id = template.id;
    this.role = template.role;
    this.accelerator = template.accelerator;
    this.submenu = Array.isArray(template.submenu) ? Menu.buildFromTemplate(template.submenu) : template.submenu;
    this.type = template.type ?? (this.submenu ? 'submenu' : 'normal');
    this.label = template.label ?? template.role ?? '';
    this.enabled = template.enabled ?? true;
    this.visible = template.visible ?? true;
    this.checked = template.checked ?? false;
    this.#click = template.click;
  }

  /** As a user's click: nothing happens while the item is disabled. */
  click(): void {
    if (!this.enabled) return;
    if (this.type === 'checkbox') this.checked = !this.checked;
    record('menu.click', this.label);
    this.#click?.(this, BrowserWindow.getFocusedWindow(), {});
  }
}

export class Menu {
  readonly items: MenuItem[] = [];
  static #applicationMenu: Menu | null = null;

  static buildFromTemplate(templates: readonly (MenuItemTemplate | MenuItem)[]): Menu {
    const menu = new Menu();
    for (const template of templates) menu.append(template instanceof MenuItem ? template : new MenuItem(template));
    return menu;
  }

  static setApplicationMenu(menu: Menu | null): void {
    record('Menu.setApplicationMenu');
    Menu.#applicationMenu = menu;
  }

  static getApplicationMenu(): Menu | null {
    return Menu.#applicationMenu;
  }

  append(item: MenuItem): void {
    this.items.push(item);
  }

  popup(): void {
    record('menu.popup', this.items.map(({ label }) => label));
  }

  getMenuItemById(id: string): MenuItem | null {
    return this.#find((item) => item.id === id);
  }

  /** The item with this id, or else with this label. */
  findItem(idOrLabel: string): MenuItem | null {
    return this.getMenuItemById(idOrLabel) ?? this.#find((item) => item.label === idOrLabel);
  }

  static #findIn(menu: Menu | undefined, isWanted: (item: MenuItem) => boolean): MenuItem | null {
    return menu ? menu.#find(isWanted) : null;
  }

  #find(isWanted: (item: MenuItem) => boolean): MenuItem | null {
    for (const item of this.items) {
      const found = isWanted(item) ? item : Menu.#findIn(item.submenu, isWanted);
      if (found) return found;
    }
    return null;
  }
}

/** Electron's Tray; a test clicks its menu. */
export class Tray extends EventEmitter {
  static readonly all = new Set<Tray>();
  menu: Menu | null = null;
  toolTip = '';

  constructor() {
    super();
    record('new Tray');
    Tray.all.add(this);
  }

  setContextMenu(menu: Menu | null): void {
    this.menu = menu;
  }

  setToolTip(text: string): void {
    record('tray.setToolTip', text);
    this.toolTip = text;
  }

  setTitle(text: string): void {
    record('tray.setTitle', text);
  }

  setImage(): void {
    record('tray.setImage');
  }

  isDestroyed(): boolean {
    return !Tray.all.has(this);
  }

  destroy(): void {
    Tray.all.delete(this);
  }
}
