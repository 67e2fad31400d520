import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test.each([2 ** 31, 365 * 24 * 3_600_000, Number.POSITIVE_INFINITY])('what is to be called after %d ms is not called at once', async (delayMs) => {
  let callCount = 0;
  const cancel = systemClock.after(delayMs, () => { callCount += 1; });
  await systemClock.sleep(20);
  cancel();

  expect(callCount).toBe(0);
});
