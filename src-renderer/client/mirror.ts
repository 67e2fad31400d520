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
    void follow(connection, mirror, { signal: ending.signal, report });
  };
  connection.onOpen(begin);
  if (connection.isOpen) begin();
}

async function follow(connection: Connection, mirror: Mirror, { signal, report }: { signal: AbortSignal; report: (error: unknown) => void }): Promise<void> {
  while (!signal.aborted) {
    try {
      await mirror(connection.client, signal);
    } catch (error) {
      if (!signal.aborted && connection.isOpen) report(error);
    }
    if (!signal.aborted) await wait(AGAIN_MS, signal);
  }
}

function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}
