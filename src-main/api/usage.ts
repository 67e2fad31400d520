import type { UsageLedger } from '../features/serving/index.ts';
import type { Api } from './api.ts';

export function usageHandlers(api: Api['usage'], ledger: UsageLedger) {
  return {
    list: api.list.handler(({ input }) => ledger.list(input)),
    sums: api.sums.handler(({ input }) => ledger.listSums(input)),
  };
}
