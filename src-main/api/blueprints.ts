import type { BlueprintService } from '../features/blueprints/index.ts';
import type { Api } from './api.ts';

export function blueprintHandlers(api: Api['blueprints'], service: BlueprintService) {
  return {
    list: api.list.handler(() => service.list()),
    get: api.get.handler(({ input }) => service.get(input.blueprint)),
    check: api.check.handler(({ input }) => service.check(input)),
    save: api.save.handler(({ input }) => service.save(input)),
    delete: api.delete.handler(({ input }) => service.delete(input.blueprint)),
  };
}
