/** The values of `window.zoomPercent` that keys and menus step through. */
export const zoomSteps = [50, 60, 70, 80, 90, 100, 110, 125, 150, 175, 200] as const;

/** The next step up or down from a zoom; the end when there is none. */
export function stepZoom(percent: number, direction: 'in' | 'out'): number {
  return direction === 'in'
    ? zoomSteps.find((step) => step > percent) ?? 200
    : zoomSteps.findLast((step) => step < percent) ?? 50;
}
