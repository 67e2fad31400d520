import type { Terminal } from '@xterm/headless';

/** Private modes that the serialize add-on leaves out: the cursor's visibility and how the mouse is reported. */
const UNSET_BY_DEFAULT = [1005, 1006, 1015, 1016];
const CURSOR = 25;

/** Remembers what the serialize add-on does not know, so that a replay restores it too. */
export class TrackedModes {
  readonly #terminal: Terminal;
  readonly #on = new Set<number>();
  #isCursorHidden = false;
  #margins: { top: number; bottom: number } | null = null;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, (params) => this.#set(params, true));
    terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, (params) => this.#set(params, false));
    terminal.parser.registerCsiHandler({ final: 'r' }, (params) => this.#setMargins(params));
    terminal.parser.registerEscHandler({ final: 'c' }, () => this.#reset());
    terminal.parser.registerCsiHandler({ intermediates: '!', final: 'p' }, () => this.#reset());
  }

  /** A change of size puts the scroll region back to the whole screen. */
  forgetMargins(): void {
    this.#margins = null;
  }

  serialize(): string {
    const modes = [...this.#on].map((mode) => `\x1b[?${mode}h`).join('');
    return `${this.#serializeMargins()}${modes}${this.#isCursorHidden ? `\x1b[?${CURSOR}l` : ''}`;
  }

  /** Setting the region moves the cursor home, so it is put back. */
  #serializeMargins(): string {
    if (this.#margins === null) return '';
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return `\x1b[${this.#margins.top};${this.#margins.bottom}r\x1b[${cursorY + 1};${cursorX + 1}H`;
  }

  #set(params: (number | number[])[], isOn: boolean): false {
    for (const param of params) {
      if (param === CURSOR) this.#isCursorHidden = !isOn;
      if (typeof param !== 'number' || !UNSET_BY_DEFAULT.includes(param)) continue;
      if (isOn) this.#on.add(param);
      else this.#on.delete(param);
    }
    return false;
  }

  #setMargins(params: (number | number[])[]): false {
    const [top, bottom] = params.map(Number);
    const last = this.#terminal.rows;
    const region = { top: Math.max(1, top ?? 1), bottom: bottom === undefined || bottom === 0 ? last : Math.min(bottom, last) };
    this.#margins = region.top === 1 && region.bottom === last ? null : region;
    return false;
  }

  #reset(): false {
    this.#on.clear();
    this.#isCursorHidden = false;
    this.#margins = null;
    return false;
  }
}
