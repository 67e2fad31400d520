import { useStore } from 'zustand';
import { getSetting } from '../features/settings/settingStore.ts';
import { useApp } from './appContext.tsx';

const ROOT_PERCENT = 80;
/** The height of a table's row at 100 %. */
export const ROW_PX = 28;
export const zoomSteps = [50, 60, 70, 80, 90, 100, 110, 125, 150, 175, 200] as const;

/** The next step up or down from a zoom; the end when there is none. */
export function stepZoom(percent: number, direction: 'in' | 'out'): number {
  return direction === 'in'
    ? zoomSteps.find((step) => step > percent) ?? 200
    : zoomSteps.findLast((step) => step < percent) ?? 50;
}

/** Sets the root's size: everything is in rem and follows. */
export function applyZoom(percent: number): void {
  document.documentElement.style.fontSize = `${ROOT_PERCENT * percent / 100}%`;
}

/** 1 at 100 %: for what is measured in px, such as virtual rows, `ROW_PX * useScale()`. */
export function useScale(): number {
  const { stores } = useApp();
  return useStore(stores.settings, (state) => getSetting(state, 'window.zoomPercent')) / 100;
}
