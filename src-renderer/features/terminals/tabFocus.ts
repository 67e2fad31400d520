/** Moves the focus to the active tab of the panel: the way out of a terminal by keyboard. */
export function focusActiveTab(): void {
  document.querySelector<HTMLElement>('[data-panel-tabs] [role="tab"][aria-selected="true"]')?.focus();
}

/** Moves the focus into the terminal that is shown. */
export function focusTerminal(): void {
  document.querySelector<HTMLElement>('[data-panel-pane="active"] .xterm-helper-textarea')?.focus();
}
