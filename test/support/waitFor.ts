import { setTimeout as delay } from 'node:timers/promises';

/**
 * Polls until `read` gives something truthy and returns it. What `read` throws counts as "not yet".
 * @throws Error with the description and the last error when the deadline passes.
 */
export async function waitFor<T>(
  read: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 20, what = 'condition' }: { timeoutMs?: number; everyMs?: number; what?: string } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  while (performance.now() < deadline) {
    try {
      const value = await read();
      if (value) return value;
    } catch (error) {
      lastError = error;
    }
    await delay(everyMs);
  }
  throw new Error(`waited ${timeoutMs} ms for ${what}`, { cause: lastError });
}
