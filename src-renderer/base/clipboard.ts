/** Copies text; also where the page has no clipboard of its own, as over plain HTTP from another machine. Rejects when the browser does not let it. */
export async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) await navigator.clipboard.writeText(text);
  else copyByEvent(text);
}

function copyByEvent(text: string): void {
  const onCopy = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData?.setData('text/plain', text);
  };
  document.addEventListener('copy', onCopy, { capture: true, once: true });
  // The only way without a secure context.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const isCopied = document.execCommand('copy');
  document.removeEventListener('copy', onCopy, { capture: true });
  if (!isCopied) throw new Error('the browser did not let the page copy');
}

/** What the clipboard holds; null when the browser does not let a page look. */
export async function readClipboard(): Promise<string | null> {
  if (!window.isSecureContext) return null;
  try {
    return await navigator.clipboard.readText();
  } catch {
    return null;
  }
}
