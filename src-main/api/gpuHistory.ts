import type { HistoryService } from '../features/gpus/index.ts';
import type { Api } from './api.ts';

export function gpuHistoryHandlers(api: Api['gpuHistory'], service: HistoryService) {
  return {
    query: api.query.handler(({ input }) => service.query(input)),
  };
}
