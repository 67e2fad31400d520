import { useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { getSetting } from '../features/settings/settingStore.ts';
import type { SettingStore } from '../features/settings/settingStore.ts';
import { applyZoom } from './zoom.ts';

export type Theme = 'dark' | 'light';

const prefersLight = window.matchMedia('(prefers-color-scheme: light)');

function toTheme(choice: 'system' | Theme): Theme {
  if (choice !== 'system') return choice;
  return prefersLight.matches ? 'light' : 'dark';
}

/** Puts theme and zoom on the document, as set; the system's theme where it is not set. */
export function applyLook(store: SettingStore): void {
  document.documentElement.dataset['theme'] = toTheme(getSetting(store.getState(), 'window.theme'));
  applyZoom(getSetting(store.getState(), 'window.zoomPercent'));
}

/** Keeps theme and zoom as they are set, and with the system. */
export function keepLook(store: SettingStore): void {
  const apply = (): void => { applyLook(store); };
  store.subscribe(apply);
  prefersLight.addEventListener('change', apply);
  apply();
}

function onSystemTheme(listener: () => void): () => void {
  prefersLight.addEventListener('change', listener);
  return () => { prefersLight.removeEventListener('change', listener); };
}

/** The theme in force, for what is not drawn by CSS, such as a terminal. */
export function useTheme(store: SettingStore): Theme {
  const choice = useStore(store, (state) => getSetting(state, 'window.theme'));
  return useSyncExternalStore(onSystemTheme, () => toTheme(choice));
}
