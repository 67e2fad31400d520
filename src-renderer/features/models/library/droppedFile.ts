import { z } from 'zod';

const host = z.object({ pathOfFile: z.custom<(file: File) => string>((value) => typeof value === 'function') });

/** Where a dropped file lies, which only the desktop app may know; null in a browser. */
export function pathOfFile(file: File): string | null {
  const parsed = host.safeParse((window as { wheelhouseHost?: unknown }).wheelhouseHost);
  return parsed.success ? parsed.data.pathOfFile(file) : null;
}
