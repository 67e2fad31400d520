import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startPortWorld, type PortWorld } from '../support/portWorld.ts';

let world: PortWorld;
beforeEach(async () => { world = await startPortWorld(); });
afterEach(async () => { await world.stop(); });

test('a port that is being closed refuses what comes, and says when to come again', async () => {
  await world.closePort();
  const [openai, anthropic] = await Promise.all([world.ask('/v1/models'), world.ask('/v1/messages', { body: {} })]);

  expect([openai.status, openai.headers.get('retry-after'), await openai.json()]).toEqual([503, '5', { error: { message: 'Wheelhouse is being stopped.', type: 'server_error', param: null, code: 'shutting_down' } }]);
  expect([anthropic.status, await anthropic.json()]).toMatchObject([503, { type: 'error', error: { type: 'overloaded_error' } }]);
});

test('a request whose body was still on its way when the port closed is told the same', async () => {
  const body = JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'say 1' }] });
  const asked = request(`${world.url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': String(body.length), expect: '100-continue' } });
  asked.flushHeaders();
  await once(asked, 'continue');
  asked.write(body.slice(0, 20));
  await world.closePort();
  asked.end(body.slice(20));
  const [response] = await once(asked, 'response') as [IncomingMessage];
  const text = Buffer.concat(await response.toArray() as Buffer[]).toString();

  expect([response.statusCode, (JSON.parse(text) as { error: { code: string } }).error.code]).toEqual([503, 'shutting_down']);
  expect(world.ledger.list({})).toMatchObject([{ requestCount: 1, failedCount: 0, stoppedCount: 1 }]);
});
