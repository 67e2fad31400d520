import type { Logger } from '../../base/logger.ts';
import { toWireError, type SchemaFacts } from '../errorBoundary.ts';

/** Handlers need nothing of the carrier: who may call was decided before. */
export type NoContext = Record<string, never>;

/** What every carrier gives its handler, so that one boundary stands between the features and all clients. */
export interface RpcBoundary {
  clientInterceptors: [(options: { next: () => Promise<unknown> }) => Promise<unknown>];
}

/** Names errors of calls, and those that end a stream. */
export function createRpcBoundary(log: Logger, schema: SchemaFacts): RpcBoundary {
  const guard = async <T>(next: () => Promise<T>): Promise<T> => {
    try {
      return await next();
    } catch (error) {
      throw toWireError(error, log, schema);
    }
  };
  const guardStream = (stream: AsyncIterator<unknown>): AsyncIteratorObject<unknown> => {
    const guarded: AsyncIteratorObject<unknown> = {
      next: (value) => guard(() => stream.next(value)),
      return: async (value) => await stream.return?.(value) ?? { done: true, value },
      [Symbol.asyncIterator]: () => guarded,
      [Symbol.asyncDispose]: async () => { await stream.return?.(); },
    };
    return guarded;
  };
  return { clientInterceptors: [async ({ next }) => { const output = await guard(next); return isStream(output) ? guardStream(output) : output; }] };
}

function isStream(output: unknown): output is AsyncIteratorObject<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output && 'next' in output;
}
