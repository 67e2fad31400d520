import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SupervisorWorld, type WorldBackend } from '../support/supervisorWorld.ts';

const TOKEN = 'tok_0123456789';
let world: SupervisorWorld;
let backend: WorldBackend;
beforeEach(async () => {
  world = new SupervisorWorld();
  backend = await world.start({ environment: { FAKE_TOKEN: TOKEN } });
});
afterEach(async () => { await world.end(); });

const create = async (name: string, outputPath: string | null = null): Promise<{ id: string; folder: string }> => backend.instances.create({ name, blueprintId: 'links', outputPath });

async function runOnce(name: string): Promise<void> {
  await backend.instances.startOne(name);
  await world.waitFor(backend, name, 'started');
  await backend.instances.stopOne(name);
  await world.waitFor(backend, name, 'stopped');
}

test('two instances share a model; the trash and its purge leave it alone, and its size counts for neither', async () => {
  const shared = join(world.home, 'shared', 'vae');
  const { id } = await create('one');
  await create('two');
  await runOnce('one');
  await runOnce('two');
  expect([readdirSync(shared).sort(), readFileSync(join(world.home, 'instances/one/models/vae/made-by-two'), 'utf8')]).toEqual([['made-by-one', 'made-by-two'], 'model\n']);
  expect(world.readFile('instances', 'one', 'output', '1.png')).toBe('picture\n');

  writeFileSync(join(shared, 'big.safetensors'), Buffer.alloc(1_000_000));
  expect((await backend.instances.measure('one')).sizeBytes).toBeLessThan(100_000);
  await backend.instances.delete('one');
  expect(readdirSync(shared).length).toBe(3);
  await backend.instances.restore(id);
  await backend.instances.delete('one');
  await backend.instances.purge(id);
  expect([existsSync(join(world.home, 'trash', id)), readdirSync(shared).sort()]).toEqual([false, ['big.safetensors', 'made-by-one', 'made-by-two']]);
});

test('a folder with content in the way of a link is named before the start, and stays as it is', async () => {
  const { folder } = await create('mine');
  mkdirSync(join(folder, 'models', 'vae'), { recursive: true });
  writeFileSync(join(folder, 'models', 'vae', 'own.safetensors'), 'precious');

  await backend.instances.startOne('mine');
  expect(await world.waitFor(backend, 'mine', 'error')).toMatchObject({ cause: 'preflight', causeSubject: join(folder, 'models/vae'), causeEvidence: expect.stringContaining('move them there') as unknown });
  expect([readFileSync(join(folder, 'models/vae/own.safetensors'), 'utf8'), backend.runs.list({ instance: 'mine', limit: 5 })]).toEqual(['precious', []]);

  rmSync(join(folder, 'models', 'vae', 'own.safetensors'));
  await runOnce('mine');
  expect(lstatSync(join(folder, 'models/vae')).isSymbolicLink()).toBe(true);
});

test('outputs follow the output folder of the settings, and pictures stay where they were made', async () => {
  const { folder } = await create('painter', join(world.home, 'pictures'));
  await runOnce('painter');
  await backend.instances.update([{ instance: 'painter', set: { outputPath: join(world.home, 'albums') } }]);
  await runOnce('painter');
  await backend.instances.update([{ instance: 'painter', set: { outputPath: null } }]);
  await runOnce('painter');

  expect(['pictures', 'albums', 'instances/painter/output'].map((place) => existsSync(join(world.home, place, '1.png')))).toEqual([true, true, true]);
  expect(readlinkSync(join(folder, 'app/images'))).toBe('../output');
});

test('a secret is kept out of what is shown of a log', async () => {
  await create('talker');
  await runOnce('talker');
  const { id, logPath } = world.lastRun(backend, 'talker');

  let followed = '';
  for await (const { text } of backend.runs.follow(id, { tailBytes: 100_000 })) followed += text;
  const shown = [(await backend.runs.log(id)).text, (await backend.runs.log(id, { raw: true })).text, followed, ...(await backend.runs.search(id, { text: 'token', limit: 5 })).lines.map(({ text }) => text)];
  expect(shown.map((text) => [text.includes('token is [redacted].'), text.includes(TOKEN)])).toEqual(Array.from({ length: 4 }, () => [true, false]));
  expect((await backend.runs.search(id, { text: TOKEN, limit: 5 })).lines).toEqual([]);
  expect(readFileSync(logPath, 'utf8')).toContain(TOKEN);
});

test('a secret is kept out of the reason of a failure', async () => {
  await backend.instances.create({ name: 'failing', blueprintId: 'links', launchArgs: '--fail' });
  await backend.instances.startOne('failing');
  const { causeEvidence } = await world.waitFor(backend, 'failing', 'error');
  expect([causeEvidence, world.lastRun(backend, 'failing').causeEvidence]).toEqual(['Error: [redacted] was not accepted', 'Error: [redacted] was not accepted']);
});

test('a missing secret is named before the start', async () => {
  await backend.leave();
  backend = await world.start({ environment: { FAKE_TOKEN: '' } });
  await create('mute');
  await backend.instances.startOne('mute');
  expect(await world.waitFor(backend, 'mute', 'error')).toMatchObject({ cause: 'preflight', causeSubject: 'FAKE_TOKEN' });
});
