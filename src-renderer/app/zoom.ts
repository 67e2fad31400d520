import { useStore } from 'zustand';
import { getSetting } from '../features/settings/settingStore.ts';
import { useApp } from './appContext.tsx';

const ROOT_PERCENT = 80;
/** The height of a table's row at 100 %. */
export const ROW_PX = 28;

/** Sets the root's size: everything is in rem and follows. */
export function applyZoom(percent: number): void {
  document.documentElement.style.fontSize = `${ROOT_PERCENT * percent / 100}%`;
}

/** 1 at 100 %: for what is measured in px, such as virtual rows, `ROW_PX * useScale()`. */
export function useScale(): number {
  const { stores } = useApp();
  return useStore(stores.settings, (state) => getSetting(state, 'window.zoomPercent')) / 100;
}
