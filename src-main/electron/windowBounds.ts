import type { SettingValue } from '#contract/settings.ts';

export interface Area { x: number; y: number; width: number; height: number }
type SavedBounds = SettingValue<'window.bounds'>;

/** How much of the window's top edge must be on a screen so that it can be taken hold of. */
const GRIP = { width: 100, height: 30 };
const DEFAULT_SIZE = { width: 1280, height: 800 };

/** Decides where the window opens: where it was if that is still on a screen, else centred in a size that fits. Units: device-independent pixels. */
export function planWindowBounds(saved: SavedBounds, screens: readonly Area[]): Partial<Area> & { width: number; height: number } {
  const { x, y, ...wanted } = saved ?? { x: null, y: null, ...DEFAULT_SIZE };
  const size = fitSize({ width: wanted.width, height: wanted.height }, screens);
  if (x === null || y === null) return size;
  return screens.some((screen) => canBeGrabbed({ x, y, ...size }, screen)) ? { x, y, ...size } : size;
}

function fitSize({ width, height }: { width: number; height: number }, screens: readonly Area[]): { width: number; height: number } {
  if (screens.length === 0) return { width, height };
  return {
    width: Math.min(width, Math.max(...screens.map((screen) => screen.width))),
    height: Math.min(height, Math.max(...screens.map((screen) => screen.height))),
  };
}

function canBeGrabbed(window: Area, screen: Area): boolean {
  const visibleWidth = Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x);
  const isTopVisible = window.y >= screen.y && window.y + GRIP.height <= screen.y + screen.height;
  return visibleWidth >= GRIP.width && isTopVisible;
}
