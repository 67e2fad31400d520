import { systemClock } from '../base/clock.ts';
import { parseHostArguments } from './hostArguments.ts';
import { HostServer } from './hostServer.ts';
import { createStderrLogger } from './stderrLogger.ts';

/** Runs the host until it is no longer needed; resolves with the process's exit code. */
export async function runHost(args: readonly string[]): Promise<number> {
  const log = createStderrLogger(systemClock);
  const server = new HostServer({ args: parseHostArguments(args), clock: systemClock, log });
  // The host belongs to no terminal, and the fault of one PTY must not take the others.
  for (const signal of ['SIGHUP', 'SIGINT'] as const) process.on(signal, () => { log.info('host.signal_ignored', { signal }); });
  process.on('SIGTERM', () => { server.end(); });
  process.on('uncaughtException', (error) => { log.error('host.uncaught', { error }); });
  process.on('unhandledRejection', (error) => { log.error('host.unhandled', { error }); });
  try {
    await server.run();
    return 0;
  } catch (error) {
    log.error('host.failed', { error });
    return 1;
  }
}
