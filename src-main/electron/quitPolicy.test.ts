import { expect, test } from 'vitest';
import { decideQuit } from './quitPolicy.ts';

test.each([
  [{ chosen: null, setting: 'ask', liveCount: 2 }, { kind: 'ask' }],
  [{ chosen: null, setting: 'ask', liveCount: 0 }, { kind: 'quit', runs: 'leave' }],
  [{ chosen: null, setting: 'stop', liveCount: 2 }, { kind: 'quit', runs: 'stop' }],
  [{ chosen: null, setting: 'leave', liveCount: 2 }, { kind: 'quit', runs: 'leave' }],
  [{ chosen: 'stop', setting: 'leave', liveCount: 2 }, { kind: 'quit', runs: 'stop' }],
  [{ chosen: 'leave', setting: 'ask', liveCount: 0 }, { kind: 'quit', runs: 'leave' }],
] as const)('%o is decided', (facts, decision) => {
  expect(decideQuit(facts)).toEqual(decision);
});
