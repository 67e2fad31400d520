import type { Client } from './client.ts';
import type { Connection } from './connection.ts';

/** Follows one `watch` stream and writes it into its store until the stream ends or `signal` fires. */
export type Mirror = (client: Client, signal: AbortSignal) => Promise<void>;

const AGAIN_MS = 1_000;

/** Runs a mirror on every connection; one that ends while the connection stands is begun again, with a new snapshot. */
export function keepMirror(connection: Connection, mirror: Mirror, report: (error: unknown) => void): void {
  const begin = (): void => {
    const ending = new AbortController();
    const forget = connection.onClose(() => { ending.abort(); forget(); });
    const isOver = (): boolean => ending.signal.aborted || !connection.isOpen;
    const follow = async (): Promise<void> => {
      try {
        await mirror(connection.client, ending.signal);
      } finally {
        await wait(AGAIN_MS, ending.signal);
      }
    };
    const goOn = (): void => {
      if (isOver()) return;
      follow().catch((error: unknown) => { if (!isOver()) report(error); }).finally(goOn);
    };
    goOn();
  };
  connection.onOpen(begin);
  if (connection.isOpen) begin();
}

function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    const timer = setTimeout(resolve, delayMs);
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}
