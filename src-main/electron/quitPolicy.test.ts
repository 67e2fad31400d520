import { expect, test } from 'vitest';
import { decideQuit } from './quitPolicy.ts';

test.each([
  [{ chosen: null, setting: 'ask', runningCount: 2 }, { kind: 'ask' }],
  [{ chosen: null, setting: 'ask', runningCount: 0 }, { kind: 'quit', runs: 'leave' }],
  [{ chosen: null, setting: 'stop', runningCount: 2 }, { kind: 'quit', runs: 'stop' }],
  [{ chosen: null, setting: 'leave', runningCount: 2 }, { kind: 'quit', runs: 'leave' }],
  [{ chosen: 'stop', setting: 'leave', runningCount: 2 }, { kind: 'quit', runs: 'stop' }],
  [{ chosen: 'leave', setting: 'ask', runningCount: 0 }, { kind: 'quit', runs: 'leave' }],
] as const)('%o is decided', (facts, decision) => {
  expect(decideQuit(facts)).toEqual(decision);
});
