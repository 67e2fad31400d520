import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { pump } from './pump.ts';

test('pieces are taken in their order, to the end', async () => {
  const taken: string[] = [];

  await pump(Readable.from([Buffer.from('a'), Buffer.from('b')]), (bytes) => { taken.push(Buffer.from(bytes).toString()); return null; });

  expect(taken).toEqual(['a', 'b']);
});

test('nothing is taken while the one before is waited for', async () => {
  const gate = Promise.withResolvers<undefined>();
  const body = new PassThrough();
  const taken: string[] = [];
  const done = pump(body, (bytes) => { taken.push(Buffer.from(bytes).toString()); return taken.length === 1 ? gate.promise : null; });

  body.write('a');
  body.write('b');
  body.end();
  await new Promise((resolve) => { setImmediate(resolve); });
  const before = [...taken];
  gate.resolve(undefined);
  await done;

  expect([before, taken]).toEqual([['a'], ['a', 'b']]);
});

test.each<[string, (body: PassThrough) => void]>([
  ['what the taker throws', (body) => { body.write('bad'); }],
  ['what broke the body off', (body) => { body.destroy(new Error('bad')); }],
])('%s is thrown, and the body is closed', async (_name, act) => {
  const body = new PassThrough();
  const done = pump(body, () => { throw new Error('bad'); });

  act(body);

  await expect(done).rejects.toThrow('bad');
  expect(body.destroyed).toBe(true);
});

test('a body that ends before its time is a failure', async () => {
  const body = new PassThrough();
  const done = pump(body, () => null);

  body.destroy();

  await expect(done).rejects.toThrow('before its end');
});

test.each<[string, Error | undefined, string]>([['without a word', undefined, 'before its end'], ['with a reason', new Error('bad'), 'bad']])('a body that was closed %s before anybody listened is a failure', async (_how, reason, words) => {
  const body = new PassThrough().on('error', () => undefined);
  body.destroy(reason);
  await new Promise((resolve) => { setImmediate(resolve); });

  await expect(pump(body, () => null)).rejects.toThrow(words);
});
