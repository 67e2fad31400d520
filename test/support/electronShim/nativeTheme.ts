import { EventEmitter } from 'node:events';

type ThemeSource = 'system' | 'dark' | 'light';

class NativeTheme extends EventEmitter {
  #source: ThemeSource = 'system';

  get themeSource(): ThemeSource {
    return this.#source;
  }

  set themeSource(source: ThemeSource) {
    this.#source = source;
    this.emit('updated');
  }

  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark';
  }

  /** For Playwright: null leaves it to the system. */
  get colorScheme(): 'dark' | 'light' | null {
    return this.#source === 'system' ? null : this.#source;
  }
}

export const nativeTheme = new NativeTheme();
