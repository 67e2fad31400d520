import { describe, expect, test } from 'vitest';
import { ActionRegistry } from './actionRegistry.ts';
import type { Action } from './actionRegistry.ts';

function anAction(set: Partial<Action>): Action {
  return { id: 'test', title: 'Test', area: 'Test', isEnabled: () => true, run: () => undefined, ...set };
}

describe('the action registry', () => {
  test('a later source stands over an earlier one with the same id, until it goes', () => {
    const registry = new ActionRegistry(() => undefined);
    registry.register(() => [anAction({ id: 'a', title: 'first' }), anAction({ id: 'b' })]);
    const forget = registry.register(() => [anAction({ id: 'a', title: 'second' })]);

    const during = registry.get('a')?.title;
    forget();

    expect([during, registry.get('a')?.title, registry.list().map(({ id }) => id)]).toEqual(['second', 'first', ['a', 'b']]);
  });

  test('an action that is disabled does not run', () => {
    const ran: string[] = [];
    const registry = new ActionRegistry(() => undefined);

    registry.run(anAction({ isEnabled: () => 'not now', run: () => { ran.push('disabled'); } }));
    registry.run(anAction({ run: () => { ran.push('enabled'); } }));

    expect(ran).toEqual(['enabled']);
  });

  test('what an action throws is reported', async () => {
    const reported = Promise.withResolvers<unknown>();
    const registry = new ActionRegistry(reported.resolve);
    const error = new Error('refused');

    registry.run(anAction({ run: () => Promise.reject(error) }));

    expect(await reported.promise).toBe(error);
  });
});
