import { writeSync } from 'node:fs';
import type { EngineEvent } from '../platform/llama/engineProtocol.ts';

const STDOUT = 1;

/** How many lines could not be written. */
export let unreadLines = 0;

/** Writes an event as one line. Does not throw: when nobody reads any more, the closing input ends the process. */
export function tell(event: EngineEvent): void {
  try {
    writeSync(STDOUT, `${JSON.stringify(event)}\n`);
  } catch {
    unreadLines += 1;
  }
}
