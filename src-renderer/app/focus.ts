/** Moves the focus to the filter of the area on screen. */
export function focusFilter(): void {
  const filter = document.querySelector<HTMLInputElement>('[data-area] [data-filter]') ?? document.querySelector<HTMLInputElement>('[data-filter]');
  filter?.focus();
  filter?.select();
}

/** Moves the focus to the content of the area on screen. */
export function focusMain(): void {
  document.querySelector<HTMLElement>('[data-area]')?.focus();
}
