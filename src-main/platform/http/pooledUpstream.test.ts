import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { FakeClock } from '../../../test/fakes/facts/fakeClock.ts';
import { systemClock } from '../../base/clock.ts';
import { PooledUpstream } from './pooledUpstream.ts';
import { pump } from './pump.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) { server.closeAllConnections(); server.close(); }
});

/** Resolves with the origin. */
async function open(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', () => { resolve(); }); });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers with its name; `isClosing` ones end each connection behind an answer although they say that they keep it. */
async function startServer({ name, isClosing }: { name: string; isClosing: boolean }): Promise<{ origin: string; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    sockets.add(request.socket);
    response.writeHead(200, { server: name });
    response.end(name, () => { if (isClosing) request.socket.end(); });
  });
  return { origin: await open(server), sockets };
}

async function ask(upstream: PooledUpstream, origin: string): Promise<string> {
  const response = await upstream.send({ target: { origin, socketPath: null, headers: {} }, method: 'GET', path: '/', signal: new AbortController().signal });
  const pieces: Uint8Array[] = [];
  await pump(response.body, (bytes) => { pieces.push(bytes); return null; });
  return Buffer.concat(pieces).toString();
}

test.each([
  { name: 'a server that closes its connections without a word', server: 'llama.cpp', isClosing: true, isKept: false },
  { name: 'any other server over kept connections', server: 'other', isClosing: false, isKept: true },
])('one question behind the other is answered by $name', async ({ server, isClosing, isKept }) => {
  const { origin, sockets } = await startServer({ name: server, isClosing });
  const upstream = new PooledUpstream({ clock: systemClock });

  const answers: string[] = [];
  for (let turn = 0; turn < 40; turn += 1) answers.push(await ask(upstream, origin));
  await upstream.close();

  expect([new Set(answers), answers.length, sockets.size < 5]).toEqual([new Set([server]), 40, isKept]);
});

test('questions that were asked at once of a server that closes its connections are all answered', async () => {
  const { origin } = await startServer({ name: 'llama.cpp', isClosing: true });
  const upstream = new PooledUpstream({ clock: systemClock });

  const answers = await Promise.all(Array.from({ length: 30 }, () => ask(upstream, origin)));
  await upstream.close();

  expect(answers).toEqual(Array.from({ length: 30 }, () => 'llama.cpp'));
});

/** Sends a piece every millisecond until the client goes; `sent` resolves when the hundredth is out. */
async function startCounting(): Promise<{ origin: string; sent: Promise<void> }> {
  const { promise: sent, resolve } = Promise.withResolvers<undefined>();
  const server = createServer((_request, response) => {
    let count = 0;
    const timer = setInterval(() => {
      count += 1;
      response.write(`${count} `);
      if (count === 100) resolve(undefined);
    }, 1);
    response.once('close', () => { clearInterval(timer); });
  });
  return { origin: await open(server), sent };
}

test('a connection that is held reads nothing until it is released, and then all that came', async () => {
  const { origin, sent } = await startCounting();
  const upstream = new PooledUpstream({ clock: systemClock });
  const leaving = new AbortController();
  const { body, gate } = await upstream.send({ target: { origin, socketPath: null, headers: {} }, method: 'GET', path: '/', signal: leaving.signal });
  const pieces: string[] = [];
  const reading = pump(body, (bytes) => {
    pieces.push(Buffer.from(bytes).toString());
    if (pieces.length === 5) gate?.hold();
    if (pieces.join('').includes(' 100 ')) leaving.abort(new Error('enough'));
    return null;
  });

  await sent;
  const whileHeld = pieces.length;
  gate?.release();
  const end: unknown = await reading.catch((error: unknown) => error);
  await upstream.close();

  const counts = pieces.join('').trim().split(' ').map(Number);
  expect([whileHeld, counts.every((count, index) => count === index + 1), end]).toEqual([5, true, new Error('enough')]);
});

test('a request that is given up before its answer throws the reason', async () => {
  const leaving = new AbortController();
  const server = createServer(() => { leaving.abort(new Error('given up')); });
  const origin = await open(server);
  const upstream = new PooledUpstream({ clock: systemClock });

  const asking = upstream.send({ target: { origin, socketPath: null, headers: {} }, method: 'POST', path: '/', body: '{}', signal: leaving.signal });

  await expect(asking).rejects.toThrow('given up');
  await upstream.close();
});

test('an answer that changes the protocol is none', async () => {
  const server = createServer();
  server.on('request', (request) => { request.socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: other\r\nconnection: upgrade\r\n\r\n'); });
  const origin = await open(server);
  const upstream = new PooledUpstream({ clock: systemClock });

  await expect(ask(upstream, origin)).rejects.toMatchObject({ code: 'ECONNRESET' });
  await upstream.close();
});

test('pieces that were read together with one that failed are not taken', async () => {
  const server = createServer((request) => {
    const chunks = ['a', 'b', 'c'].map((text) => `1\r\n${text}\r\n`).join('');
    request.socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`);
  });
  const origin = await open(server);
  const upstream = new PooledUpstream({ clock: systemClock });
  const taken: string[] = [];

  const { body } = await upstream.send({ target: { origin, socketPath: null, headers: {} }, method: 'GET', path: '/', signal: new AbortController().signal });
  const reading = pump(body, (bytes) => { taken.push(Buffer.from(bytes).toString()); throw new Error('no more'); });

  await expect(reading).rejects.toThrow('no more');
  expect(taken).toEqual(['a']);
  await upstream.close();
});

test('a server that does not finish the connection is given up after ten seconds', async () => {
  const clock = new FakeClock();
  const sockets: Socket[] = [];
  const server: TcpServer = createTcpServer((socket) => { sockets.push(socket.on('error', () => undefined)); });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', () => { resolve(); }); });
  const upstream = new PooledUpstream({ clock });

  const asking = upstream.send({ target: { origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, socketPath: null, headers: {} }, method: 'GET', path: '/', signal: new AbortController().signal });
  const failing = expect(asking).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  await vi.waitUntil(() => sockets.length === 1 && clock.pendingCount === 1, { interval: 2 });
  await clock.advance(10_000);

  await failing;
  await upstream.close();
  for (const socket of sockets) socket.destroy();
  server.close();
});
