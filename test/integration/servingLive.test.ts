import { expect, test } from 'vitest';
import { settle } from '../fakes/facts/fakeClock.ts';
import { aConfig } from '../fakes/serving/aModel.ts';
import { ServingWorld } from '../support/servingWorld.ts';

test('whoever waits for a load is told of each percent, and of nothing in between', async () => {
  const world = new ServingWorld();
  world.starter.isInstant = false;
  const ask = world.ask(aConfig('slow'));
  await settle();
  let changeCount = 0;
  world.scheduler.onDidChange(() => { changeCount += 1; });
  for (const progress of [0.1, 0.101, 0.102, 0.5]) world.starter.of('slow').report({ kind: 'progress', progress });

  expect(ask.waits.map((reason) => reason.kind === 'loading' && reason.progress)).toEqual([null, 0.1, 0.5]);
  expect(changeCount).toBe(2);
  await world.scheduler.stop();
});
