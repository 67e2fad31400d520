import type { ITheme } from '@xterm/xterm';

const FONT = 'JetBrains Mono Variable';
export const TERMINAL_FONT = `'${FONT}', ui-monospace, monospace`;

/** Waits for the font, since a grid measured with another one would be wrong. */
export async function loadTerminalFont(fontSize: number): Promise<void> {
  await Promise.all([document.fonts.load(`${fontSize}px '${FONT}'`), document.fonts.load(`bold ${fontSize}px '${FONT}'`)]);
}

const darkColours = {
  black: '#2a2d33', red: '#ff7b72', green: '#56c78e', yellow: '#e3b341', blue: '#79a6ff', magenta: '#d2a8ff', cyan: '#5ccfd6', white: '#c9ced8',
  brightBlack: '#8b93a1', brightRed: '#ffa198', brightGreen: '#7fe0ab', brightYellow: '#f2cc60', brightBlue: '#a5c5ff', brightMagenta: '#e2c5ff', brightCyan: '#8ae6eb', brightWhite: '#ffffff',
};
const lightColours = {
  black: '#1a1d23', red: '#b31d22', green: '#14683a', yellow: '#7a5300', blue: '#2450bd', magenta: '#7a3aa8', cyan: '#0b6470', white: '#6a717e',
  brightBlack: '#565d6a', brightRed: '#c4262b', brightGreen: '#1b7a46', brightYellow: '#8a5e00', brightBlue: '#2f5bd0', brightMagenta: '#8e44bd', brightCyan: '#0f7684', brightWhite: '#3a404b',
};

function readToken(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The window's theme as terminal colours. */
export function readTerminalTheme(): ITheme {
  const colours = document.documentElement.dataset['theme'] === 'light' ? lightColours : darkColours;
  return {
    ...colours,
    background: readToken('--bg'), foreground: readToken('--text'),
    cursor: readToken('--accent'), cursorAccent: readToken('--bg'),
    selectionBackground: readToken('--selected'), selectionInactiveBackground: readToken('--selected'),
    overviewRulerBorder: '#00000000',
    scrollbarSliderBackground: `${readToken('--edge')}80`, scrollbarSliderHoverBackground: readToken('--edge'), scrollbarSliderActiveBackground: readToken('--edge'),
  };
}

/** How matches of a search are marked: all of them, and the one in focus. */
export function readMatchLook(): { matchBackground: string; matchOverviewRuler: string; activeMatchBackground: string; activeMatchBorder: string; activeMatchColorOverviewRuler: string } {
  const isLight = document.documentElement.dataset['theme'] === 'light';
  return {
    matchBackground: isLight ? '#fbe9a8' : '#4d431a', matchOverviewRuler: readToken('--busy'),
    activeMatchBackground: isLight ? '#f0c33c' : '#8a6d12', activeMatchBorder: readToken('--accent'), activeMatchColorOverviewRuler: readToken('--accent'),
  };
}

/** Calls back after the window's theme changed. */
export function onDidChangeTheme(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => { observer.disconnect(); };
}

/**
 * Whether to draw by WebGL. Drawing it in software is several times slower than the DOM, and automated browsers have
 * nothing else. `?renderer=dom` or `?renderer=webgl` in the address decides it by hand.
 */
export function canDrawByWebgl(): boolean {
  const asked = new URLSearchParams(window.location.search).get('renderer');
  if (asked !== null) return asked === 'webgl';
  return !navigator.webdriver && readGpuName() !== null && !/swiftshader|llvmpipe|software|basic render/i.test(readGpuName() ?? '');
}

let gpuName: string | null | undefined;

function readGpuName(): string | null {
  if (gpuName !== undefined) return gpuName;
  const context = document.createElement('canvas').getContext('webgl2');
  const info = context?.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = info ? context?.getParameter(info.UNMASKED_RENDERER_WEBGL) : null;
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  gpuName = typeof name === 'string' ? name : null;
  return gpuName;
}
