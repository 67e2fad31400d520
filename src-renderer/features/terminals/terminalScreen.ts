import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import { canDrawByWebgl, onDidChangeTheme, readTerminalTheme, TERMINAL_FONT } from './terminalLook.ts';

/** The contract takes no smaller grid and no larger one. */
const LIMITS = { columns: { least: 20, most: 500 }, rows: { least: 5, most: 300 } };

export interface ScreenOptions {
  container: HTMLElement;
  fontSize: number;
  scrollbackLines: number;
  /** Read aloud when the terminal takes the focus. */
  label: string;
  /** True: the key is for the terminal. */
  onKey: (event: KeyboardEvent) => boolean;
  onOpenLink: (url: string) => void;
}

/** An xterm with everything that a terminal here has; knows nothing of where its bytes come from. */
export class TerminalScreen {
  readonly terminal: Terminal;
  readonly search = new SearchAddon({ highlightLimit: 2_000 });
  readonly #fit = new FitAddon();
  readonly #ends: (() => void)[] = [];

  constructor({ container, fontSize, scrollbackLines, label, onKey, onOpenLink }: ScreenOptions) {
    const open = (event: MouseEvent, url: string): void => { if (event.ctrlKey || event.metaKey) onOpenLink(url); };
    this.terminal = new Terminal({
      allowProposedApi: true, fontFamily: TERMINAL_FONT, fontSize, scrollback: scrollbackLines, theme: readTerminalTheme(),
      minimumContrastRatio: 4.5, cursorBlink: false, cursorInactiveStyle: 'outline', rightClickSelectsWord: false, macOptionIsMeta: true, logLevel: 'off',
      linkHandler: { activate: open }, overviewRuler: { width: 8 },
    });
    this.terminal.loadAddon(this.#fit);
    this.terminal.loadAddon(this.search);
    this.terminal.loadAddon(new UnicodeGraphemesAddon());
    this.terminal.loadAddon(new WebLinksAddon(open));
    this.terminal.attachCustomKeyEventHandler(onKey);
    this.terminal.open(container);
    this.terminal.textarea?.setAttribute('aria-label', label);
    if (canDrawByWebgl()) this.#drawByWebgl();
    this.#ends.push(onDidChangeTheme(() => { this.terminal.options.theme = readTerminalTheme(); }));
    this.fit();
  }

  get size(): { columns: number; rows: number } {
    return { columns: this.terminal.cols, rows: this.terminal.rows };
  }

  /** Fits the grid to the space there is; while there is none, nothing changes. */
  fit(): void {
    const proposed = this.#fit.proposeDimensions();
    if (proposed === undefined || !Number.isFinite(proposed.cols) || !Number.isFinite(proposed.rows)) return;
    const columns = Math.min(LIMITS.columns.most, Math.max(LIMITS.columns.least, proposed.cols));
    const rows = Math.min(LIMITS.rows.most, Math.max(LIMITS.rows.least, proposed.rows));
    if (columns !== this.terminal.cols || rows !== this.terminal.rows) this.terminal.resize(columns, rows);
  }

  setFontSize(fontSize: number): void {
    if (this.terminal.options.fontSize === fontSize) return;
    this.terminal.options.fontSize = fontSize;
    this.fit();
  }

  /** Nothing will be typed here any more. */
  hideCursor(): void {
    this.terminal.write('\x1b[?25l');
  }

  dispose(): void {
    for (const end of this.#ends.splice(0)) end();
    this.terminal.dispose();
  }

  #drawByWebgl(): void {
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => { webgl.dispose(); });
    try {
      this.terminal.loadAddon(webgl);
    } catch {
      webgl.dispose();
    }
  }
}
