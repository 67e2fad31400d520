import type { Client } from './client.ts';
import type { Connection } from './connection.ts';

/** Follows one `watch` stream and writes it into its store until the stream ends or `signal` fires. */
export type Mirror = (client: Client, signal: AbortSignal) => Promise<void>;

const AGAIN_MS = 1_000;

/**
 * Runs a mirror on every connection; one that ends while the connection stands is begun again, with a new snapshot.
 * Its signal is never fired for a lost connection: the stream ends by itself then, and an abort could not be sent.
 */
export function keepMirror(connection: Connection, mirror: Mirror, report: (error: unknown) => void): void {
  const begin = (): void => {
    let isOver = false;
    const forget = connection.onClose(() => { isOver = true; forget(); });
    const { signal } = new AbortController();
    const goOn = (): void => {
      if (isOver) return;
      mirror(connection.client, signal)
        .catch((error: unknown) => { if (!isOver) report(error); })
        .finally(() => { setTimeout(goOn, AGAIN_MS); });
    };
    goOn();
  };
  connection.onOpen(begin);
  if (connection.isOpen) begin();
}
