const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** How long to wait before the reader is started again: doubled with each failure in a row, a minute at most. */
export function decideRestartDelayMs(failuresInARow: number): number {
  return failuresInARow <= 0 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failuresInARow - 1, 10));
}
