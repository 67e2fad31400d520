import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { FakeClock } from '../../../test/fakes/facts/fakeClock.ts';
import { PooledUpstream } from './pooledUpstream.ts';
import { pump } from './pump.ts';

const IDLE_MS = 4_000;
const SOON = { interval: 2, timeout: 10_000 };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) { server.closeAllConnections(); server.close(); }
});

/** Closes each connection behind its answer, as llama-server does; knows who is connected and by which connections it was asked. */
class ClosingServer {
  readonly open = new Set<Socket>();
  readonly asked: Socket[] = [];
  readonly server = createServer((request, response) => {
    this.asked.push(request.socket);
    response.writeHead(200, { server: 'llama.cpp' });
    response.end('hello', () => { request.socket.end(); });
  });
  origin = '';

  async start(): Promise<void> {
    servers.push(this.server);
    this.server.on('connection', (socket) => { this.open.add(socket); socket.once('close', () => { this.open.delete(socket); }); });
    await new Promise<void>((resolve) => { this.server.listen(0, '127.0.0.1', () => { resolve(); }); });
    this.origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The one that is there beside those that were asked. */
  waitForSpare(): Promise<Socket> {
    return vi.waitUntil(() => [...this.open].find((socket) => !this.asked.includes(socket)), SOON);
  }

  waitForNobody(): Promise<boolean> {
    return vi.waitUntil(() => this.open.size === 0, SOON);
  }
}

async function ask(upstream: PooledUpstream, { origin }: ClosingServer): Promise<void> {
  const { body } = await upstream.send({ target: { origin, socketPath: null, headers: {} }, method: 'GET', path: '/', signal: new AbortController().signal });
  await pump(body, () => null);
}

async function startAsked(clock: FakeClock): Promise<{ server: ClosingServer; upstream: PooledUpstream }> {
  const server = new ClosingServer();
  await server.start();
  const upstream = new PooledUpstream({ clock });
  // The first answer tells what kind of server it is.
  for (let turn = 0; turn < 2; turn += 1) await ask(upstream, server);
  return { server, upstream };
}

test('a server that closes its connections is asked over one that was made before', async () => {
  const { server, upstream } = await startAsked(new FakeClock());
  const spare = await server.waitForSpare();

  await ask(upstream, server);

  expect(server.asked[2] === spare).toBe(true);
  await upstream.close();
  expect(await server.waitForNobody()).toBe(true);
});

test('a connection that nobody uses goes after a while, and none comes in its place', async () => {
  const clock = new FakeClock();
  const { server, upstream } = await startAsked(clock);
  await server.waitForSpare();

  await clock.advance(IDLE_MS);

  expect([await server.waitForNobody(), clock.pendingCount]).toEqual([true, 0]);
  await ask(upstream, server);
  expect(server.asked).toHaveLength(3);
  await upstream.close();
});

test('one that the server closes first is not used, and a server that has gone is told', async () => {
  const clock = new FakeClock();
  const { server, upstream } = await startAsked(clock);
  const spare = await server.waitForSpare();
  spare.end();
  await vi.waitUntil(() => clock.pendingCount === 0, SOON);

  await ask(upstream, server);
  await server.waitForSpare();
  server.server.closeAllConnections();
  server.server.close();
  await vi.waitUntil(() => clock.pendingCount === 0, SOON);

  await expect(ask(upstream, server)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await upstream.close();
});
