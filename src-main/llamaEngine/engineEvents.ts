import type { EngineEvent } from '../platform/llama/engineProtocol.ts';

/** Writes an event as one line. Nobody reads it when the parent is gone, and then the closed input ends the process. */
export function tell(event: EngineEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** Tells why it failed and ends when that has gone out. */
export function tellFailure(event: EngineEvent & { event: 'failed' }): void {
  process.stdout.write(`${JSON.stringify(event)}\n`, () => { process.exit(1); });
}
