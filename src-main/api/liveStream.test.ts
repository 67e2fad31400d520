import { expect, test } from 'vitest';
import { Emitter } from '../base/emitter.ts';
import { liveStream } from './liveStream.ts';

test('what happens while the snapshot is being read is not lost, and a slow reader gets the newest of a key', async () => {
  const source = new Emitter<{ key: string; value: number }>();
  const abort = new AbortController();
  const stream = liveStream({ first: () => [{ key: 'all', value: 0 }], subscribe: (add) => [source.event(add)], keyOf: ({ key }) => key, signal: abort.signal });

  const snapshot = await stream.next();
  source.fire({ key: 'a', value: 1 });
  source.fire({ key: 'b', value: 2 });
  source.fire({ key: 'a', value: 3 });
  const rest = [await stream.next(), await stream.next()];
  abort.abort();

  expect([snapshot, ...rest].map(({ value }) => value)).toEqual([{ key: 'all', value: 0 }, { key: 'b', value: 2 }, { key: 'a', value: 3 }]);
});

test('an aborted stream ends and leaves no subscription', async () => {
  const source = new Emitter<number>();
  const abort = new AbortController();
  const stream = liveStream({ first: () => [1], subscribe: (add) => [source.event(add)], signal: abort.signal });

  await stream.next();
  const waiting = stream.next();
  abort.abort();

  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(source.hasListeners).toBe(false);
});
