import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';

interface StopStep { name: string; stop: () => Promise<void> | void }

/** Runs steps one after another under one deadline; one that hangs or throws is logged and does not keep the rest. */
export async function stopWithin({ steps, deadlineMs, clock, log }: { steps: readonly StopStep[]; deadlineMs: number; clock: Clock; log: Logger }): Promise<void> {
  const endAtMs = clock.monotonicMs() + deadlineMs;
  for (const { name, stop } of steps) {
    const outcome = await raceWith(stop, Math.max(250, endAtMs - clock.monotonicMs()), clock);
    if (outcome !== 'done') log.error('backend.stop_step_failed', { step: name, error: outcome });
  }
}

async function raceWith(stop: () => Promise<void> | void, timeoutMs: number, clock: Clock): Promise<'done' | 'late' | Error> {
  const { promise, resolve } = Promise.withResolvers<'late'>();
  const cancel = clock.after(timeoutMs, () => { resolve('late'); });
  try {
    return await Promise.race([Promise.resolve(stop()).then(() => 'done' as const), promise]);
  } catch (error) {
    return error instanceof Error ? error : new Error('stop failed', { cause: error });
  } finally {
    cancel();
  }
}
