import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { FakeClock } from '../../../../../test/fakes/facts/fakeClock.ts';
import { ClientWire } from './clientWire.ts';
import { WriteRounds } from '../../../../platform/http/writeRounds.ts';

function makeWire(opening = ''): { clock: FakeClock; wire: ClientWire; response: ServerResponse; written: string[] } {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const written: string[] = [];
  response.write = (text: unknown): boolean => { written.push(String(text)); return true; };
  const clock = new FakeClock();
  return { clock, response, written, wire: new ClientWire({ response, clock, rounds: new WriteRounds(clock), requestId: 'req_1', keepAlive: ': keep-alive\n\n', getOpening: () => opening, contentType: 'text/event-stream' }) };
}

test('headers wait for the last delay that was named', async () => {
  const { clock, wire } = makeWire();

  wire.beginWithin(1_000);
  await clock.advance(900);
  wire.beginWithin(5_000);
  await clock.advance(4_000);
  const before = wire.hasBegun;
  await clock.advance(1_500);

  expect([before, wire.hasBegun]).toEqual([false, true]);
  wire.dispose();
});

test('the first words come before what is said while nothing comes', async () => {
  const { clock, wire, written } = makeWire('event: begin\n\n');

  wire.beginWithin(1_000);
  await clock.advance(20_000);
  wire.dispose();

  expect(written.join('')).toMatch(/^event: begin\n\n(: keep-alive\n\n)+$/);
});

test('what begins a stream goes out once without words, if they are long in coming', async () => {
  const { clock, wire, written } = makeWire('event: begin\n\n');

  wire.flushBeginning();
  await clock.advance(100);
  const before = written.length;
  wire.begin();
  wire.flushBeginning();
  await clock.advance(100);
  wire.flushBeginning();
  await clock.advance(100);

  expect([before, written]).toEqual([0, ['event: begin\n\n']]);
  wire.dispose();
});

test('a client that waits hears something at least every fifteen seconds, and nothing after the end', async () => {
  const { clock, wire, written } = makeWire();

  wire.startKeepAlive();
  for (let minute = 0; minute < 4; minute += 1) {
    const before = written.length;
    await clock.advance(15_000);
    expect(written.length).toBeGreaterThan(before);
  }
  wire.dispose();
  const atEnd = written.length;
  await clock.advance(60_000);

  expect([written.length, clock.pendingCount]).toEqual([atEnd, 0]);
});

test('a client that reads nothing for minutes is let go; one that is only slow is not', async () => {
  const { clock, wire, response } = makeWire();
  response.write = () => false;
  const leaving = new AbortController();

  const slow = wire.write(Buffer.from('a'), leaving.signal);
  await clock.advance(4 * 60_000);
  response.emit('drain');
  await slow;
  const afterSlow = [response.destroyed, clock.pendingCount];
  const stuck = wire.write(Buffer.from('b'), leaving.signal).catch(() => 'left');
  await clock.advance(5 * 60_000);
  leaving.abort();

  expect([afterSlow, response.destroyed, await stuck, clock.pendingCount]).toEqual([[false, 0], true, 'left', 0]);
});
