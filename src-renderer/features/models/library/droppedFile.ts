/** Where a dropped file lies, which only the desktop app may know; null in a browser. */
export function pathOfFile(file: File): string | null {
  const path = window.wheelhouseHost?.pathOfFile(file);
  return path === undefined || path === '' ? null : path;
}
