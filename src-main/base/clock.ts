/** Where services take the time from, so that a test can move it. All times are milliseconds. */
export interface Clock {
  /** Wall time in milliseconds since the epoch; may jump. */
  nowMs(): number;
  /** Milliseconds that only grow; for measuring durations. */
  monotonicMs(): number;
  /** Calls once after the delay; returns what cancels it. */
  after(delayMs: number, call: () => void): () => void;
  /** Calls every period until cancelled. */
  every(periodMs: number, call: () => void): () => void;
  /** Resolves after the delay, or rejects with the signal's reason. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Node fires a longer timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real clock. What it calls every period does not keep the process alive by itself. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, call) => {
    let leftMs = delayMs;
    const start = (): NodeJS.Timeout => setTimeout(() => {
      leftMs -= LONGEST_TIMER_MS;
      if (leftMs > 0) timer = start();
      else call();
    }, Math.min(leftMs, LONGEST_TIMER_MS));
    let timer = start();
    return () => { clearTimeout(timer); };
  },
  every: (periodMs, call) => {
    const timer = setInterval(call, periodMs);
    timer.unref();
    return () => { clearInterval(timer); };
  },
  sleep: (delayMs, signal) => new Promise((resolve, reject) => {
    if (signal?.aborted) { reject(toError(signal.reason)); return; }
    const abort = (): void => { clearTimeout(timer); reject(toError(signal?.reason)); };
    const timer = setTimeout(() => { signal?.removeEventListener('abort', abort); resolve(); }, delayMs);
    signal?.addEventListener('abort', abort, { once: true });
  }),
};

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
