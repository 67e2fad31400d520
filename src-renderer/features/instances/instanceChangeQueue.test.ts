import { expect, test } from 'vitest';
import { anInstance } from './anInstance.ts';
import { InstanceChangeQueue } from './instanceChangeQueue.ts';
import { createInstanceStore } from './instanceStore.ts';

function setUp() {
  const store = createInstanceStore();
  const time = { nowMs: 0, due: [] as (() => void)[] };
  const queue = new InstanceChangeQueue(store, {
    nowMs: () => time.nowMs,
    after: (_delayMs, callback) => {
      time.due.push(callback);
      return () => { time.due = time.due.filter((other) => other !== callback); };
    },
  });
  let writeCount = 0;
  store.subscribe(() => { writeCount += 1; });
  const lab = anInstance({ name: 'lab', status: 'starting' });
  queue.accept({ kind: 'snapshot', instances: [lab] });
  return { store, time, queue, lab, writes: () => writeCount };
}

test('a change of status is written at once, even right after another write', () => {
  const { store, queue, lab } = setUp();
  queue.accept({ kind: 'changed', instance: { ...lab, pid: 1 } });

  queue.accept({ kind: 'changed', instance: { ...lab, pid: 1, status: 'started' } });

  expect(store.getState().byId['lab']).toMatchObject({ pid: 1, status: 'started' });
});

test('other changes of one row reach the window at most every 250 ms, and the last one wins', () => {
  const { store, time, queue, lab, writes } = setUp();

  for (let pid = 1; pid <= 50; pid += 1) queue.accept({ kind: 'changed', instance: { ...lab, pid } });
  const early = { pid: store.getState().byId['lab']?.pid, writes: writes() };
  time.nowMs = 250;
  time.due.forEach((callback) => { callback(); });

  expect([early, store.getState().byId['lab']?.pid, writes()]).toEqual([{ pid: 1, writes: 2 }, 50, 3]);
});

test('a new snapshot replaces everything, held changes too', () => {
  const { store, time, queue, lab } = setUp();
  queue.accept({ kind: 'changed', instance: { ...lab, pid: 1 } });
  queue.accept({ kind: 'changed', instance: { ...lab, pid: 2 } });

  queue.accept({ kind: 'snapshot', instances: [anInstance({ name: 'desk' })] });

  expect([Object.keys(store.getState().byId), time.due.length]).toEqual([['desk'], 0]);
});

test('an instance that goes to the trash leaves the table', () => {
  const { store, queue, lab } = setUp();

  queue.accept({ kind: 'changed', instance: { ...lab, deletedAtMs: 5 } });

  expect(store.getState().byId).toEqual({});
});
