import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CarrierEvents } from './carrier.ts';
import { Connection } from './connection.ts';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

test.each(['gone', 'refused'] as const)('a connection that ends as %s says so while it waits for its next try', (reason) => {
  let events: CarrierEvents | undefined;
  const connection = new Connection((given) => {
    events = given;
    return { sendFrame: () => undefined, close: () => undefined };
  });
  connection.start();

  events?.onClose(reason);

  expect(connection.state.getState()).toMatchObject({ kind: 'lost', reason, attempt: 1 });
});
