import type { BlueprintService } from '../features/blueprints/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function blueprintHandlers(api: Api['blueprints'], service: BlueprintService) {
  return {
    list: api.list.handler(() => service.list()),
    get: api.get.handler(({ input }) => service.get(input.blueprint)),
    check: api.check.handler(({ input }) => service.check(input)),
    save: api.save.handler(({ input }) => service.save(input)),
    delete: api.delete.handler(({ input }) => service.delete(input.blueprint)),
    watch: api.watch.handler(async function* ({ signal }) {
      const changes = liveStream({ first: () => ['first'], subscribe: (add) => [service.onDidChange(({ blueprintId }) => { add(blueprintId); })], keyOf: () => 'list', signal });
      for await (const _change of changes) yield await service.list();
    }),
  };
}
