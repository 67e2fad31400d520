/** Where the focus was before a surface opened, with where else it may go if that is gone by then. */
export interface FocusMark { places: readonly HTMLElement[]; rowKey: string | null }

const OVERLAYS = '[role="menu"], [role="listbox"], [role="dialog"]';
let lastInPage: HTMLElement | null = null;

/** Keeps in mind what of the page itself had the focus last: a menu that opens a dialog is gone before the dialog is there. */
export function watchFocus(): () => void {
  const onFocus = ({ target }: FocusEvent): void => { if (target instanceof HTMLElement && target.closest(OVERLAYS) === null) lastInPage = target; };
  document.addEventListener('focusin', onFocus);
  return () => { document.removeEventListener('focusin', onFocus); };
}

/** Nothing has the focus: what had it is gone. */
export function isFocusLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

export function markFocus(): FocusMark {
  const active = document.activeElement;
  const now = active instanceof HTMLElement && !isFocusLost() && active.closest('[role="menu"], [role="listbox"]') === null ? active : null;
  const places = [now, lastInPage].filter((place) => place !== null);
  return { places, rowKey: places[0]?.closest<HTMLElement>('[data-key]')?.dataset['key'] ?? null };
}

/** Gives the focus back, unless something else has taken it: to what had it, else to its row, else to the list or the content of the area. */
export function returnFocus({ places, rowKey }: FocusMark): void {
  if (!isFocusLost()) return;
  const row = rowKey === null ? null : document.querySelector<HTMLElement>(`[data-key="${CSS.escape(rowKey)}"]`);
  const others = ['[role="treegrid"] [tabindex="0"]', '[data-composer]', '[data-area]'].map((place) => document.querySelector<HTMLElement>(place));
  for (const place of [...places.filter((each) => each.isConnected), row, ...others]) {
    place?.focus();
    if (!isFocusLost()) return;
  }
}
