import { safe } from '@orpc/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InstanceChange } from '#contract/instances.ts';
import { removeHomes } from '../support/backend.ts';
import { carriers, startCarrierWorld, type CarrierWorld } from '../support/carriers.ts';

let world: CarrierWorld;
beforeAll(async () => { world = await startCarrierWorld(); });
afterAll(async () => { await world.stop(); removeHomes(); });

describe.each(carriers)('over %s', (carrier) => {
  const client = () => world.clients[carrier];

  test('a call comes back with the shape that was declared', async () => {
    const status = await client().system.status({});

    expect(status).toMatchObject({ shell: 'headless', home: world.home, pid: process.pid, database: { isReadOnly: false } });
  });

  test('a declared error arrives typed, with its details', async () => {
    const { error, isDefined } = await safe(client().instances.get({ instance: 'nobody' }));

    expect(isDefined).toBe(true);
    expect(error).toMatchObject({ code: 'instance.not_found', status: 404, data: { instance: 'nobody' } });
  });

  test('bad input is refused with the name of the field', async () => {
    const { error } = await safe(client().terminals.resize({ terminal: 'x', columns: 3, rows: 10 }));

    expect(error).toMatchObject({ code: 'bad_input', data: { issues: [expect.stringContaining('columns')] } });
  });

  test('a call without a reply keeps its promise', async () => {
    await expect(client().settings.rememberView({ name: 'table.columns', value: { name: 200 } })).resolves.toBeUndefined();
  });

  test('a setting is checked, kept, announced and written to the journal', async () => {
    const changes = await client().settings.watch({});
    await changes.next();

    const after = await client().settings.set({ key: 'terminal.fontSize', value: 15 });
    const change = await changes.next();
    await changes.return();
    const { error } = await safe(client().settings.set({ key: 'terminal.fontSize', value: 1_000 }));
    const [entry] = await client().journal.list({ limit: 1 });

    expect(after).toMatchObject({ value: 15, source: 'user', variable: 'WHEELHOUSE_TERMINAL_FONT_SIZE' });
    expect(change.value).toMatchObject({ kind: 'changed', setting: { key: 'terminal.fontSize', value: 15 } });
    expect(error).toMatchObject({ code: 'setting.invalid', data: { key: 'terminal.fontSize' } });
    expect(entry).toMatchObject({ event: 'setting.changed', subjectId: 'terminal.fontSize', to: '15' });
    await client().settings.reset({ key: 'terminal.fontSize' });
  });

  test('a live list is a snapshot, then each change, and ends when the client leaves', async () => {
    const live = await client().instances.watch({});
    const snapshot = await live.next();
    const created = await client().instances.create({ name: `Live ${carrier}`, blueprintId: 'http-server' });
    const change = await live.next();
    await live.return();

    expect((snapshot.value as InstanceChange).kind).toBe('snapshot');
    expect(change.value).toMatchObject({ kind: 'changed', instance: { id: created.id, status: 'stopped', name: `Live ${carrier}` } });
  });

  test('every stream of the contract opens with what is there', async () => {
    const { runs, terminals, gpus, journal } = client();
    const streams = [await runs.watch({}), await terminals.watch({}), await gpus.watch({}), await journal.watch({})];
    const firsts = await Promise.all(streams.map(async (stream) => (await stream.next()).value));
    await Promise.all(streams.map((stream) => stream.return()));

    expect(firsts).toMatchObject([{ kind: 'snapshot' }, { kind: 'snapshot' }, { gpus: [] }, { kind: 'snapshot' }]);
  });

  test('what the runs take is told also while nothing runs', async () => {
    const live = await client().runUsages.watch({});
    const first = await live.next();
    await live.return();

    expect(first.value).toMatchObject({ runs: [] });
  });

  test('a thousand calls at once are all answered', async () => {
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => client().settings.list({})));

    expect(new Set(answers.map((settings) => settings.length)).size).toBe(1);
  });
});
