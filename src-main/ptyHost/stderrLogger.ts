import { writeSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';

const STDERR = 2;

/** Writes one JSON object a line to stderr. A line that cannot be written is counted and told with the next that can. */
export function createStderrLogger(clock: Clock, bound: Readonly<Record<string, unknown>> = {}): Logger {
  let lostLines = 0;
  const write = (level: string, event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    const line = JSON.stringify({ atMs: clock.nowMs(), level, event, ...(lostLines > 0 ? { lostLines } : {}), ...bound, ...fields }, toPlain);
    try {
      writeSync(STDERR, `${line}\n`);
      lostLines = 0;
    } catch {
      lostLines += 1;
    }
  };
  return {
    debug: () => undefined,
    info: (event, fields) => { write('info', event, fields); },
    warn: (event, fields) => { write('warn', event, fields); },
    error: (event, fields) => { write('error', event, fields); },
    child: (fields) => createStderrLogger(clock, { ...bound, ...fields }),
  };
}

function toPlain(_key: string, value: unknown): unknown {
  return value instanceof Error ? { message: value.message, stack: value.stack } : value;
}
