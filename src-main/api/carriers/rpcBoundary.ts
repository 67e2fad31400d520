import type { Logger } from '../../base/logger.ts';
import { toWireError, type SchemaFacts } from '../errorBoundary.ts';

/** Handlers need nothing of the carrier: who may call was decided before. */
export type NoContext = Record<string, never>;

/** What every carrier gives its handler, so that one boundary stands between the features and all clients. */
export interface RpcBoundary {
  clientInterceptors: [(options: { next: () => Promise<unknown> }) => Promise<unknown>];
}

export function createRpcBoundary(log: Logger, schema: SchemaFacts): RpcBoundary {
  const guard = async ({ next }: { next: () => Promise<unknown> }): Promise<unknown> => {
    try {
      return await next();
    } catch (error) {
      throw toWireError(error, log, schema);
    }
  };
  return { clientInterceptors: [guard] };
}
