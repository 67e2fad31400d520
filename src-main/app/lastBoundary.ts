import { toDisposable, type Disposable } from '../base/disposables.ts';
import type { Logger } from '../base/logger.ts';

/**
 * The outermost boundary: what nobody caught is a bug, and it is logged with its stack. The backend goes on, because
 * what it looks after is worth more than the one request that failed.
 */
export function logEscapes(log: Logger): Disposable {
  const onException = (error: unknown): void => { log.error('backend.uncaught', { error }); };
  const onRejection = (error: unknown): void => { log.error('backend.unhandled_rejection', { error }); };
  process.on('uncaughtException', onException);
  process.on('unhandledRejection', onRejection);
  return toDisposable(() => {
    process.off('uncaughtException', onException);
    process.off('unhandledRejection', onRejection);
  });
}
