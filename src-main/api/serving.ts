import type { ServingService } from '../features/serving/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function servingHandlers(api: Api['serving'], service: ServingService) {
  return {
    list: api.list.handler(() => service.snapshot()),
    watch: api.watch.handler(({ signal }) => liveStream({
      first: () => [service.snapshot()],
      subscribe: (add) => [service.watch(() => { add(service.snapshot()); })],
      keyOf: () => 'serving',
      signal,
    })),
    load: api.load.handler(({ input }) => service.load(service.resolve(input.model))),
    unload: api.unload.handler(({ input: { model, force } }) => service.unload(service.resolveLoaded(model), { force })),
    unloadAll: api.unloadAll.handler(({ input }) => service.unloadAll(input)),
    cancel: api.cancel.handler(({ input }) => { service.cancel(input.request); }),
    log: api.log.handler(({ input }) => ({ lines: [...service.readLog(service.resolveLoaded(input.model))] })),
    followLog: api.followLog.handler(({ input, signal }) => {
      const config = service.resolveLoaded(input.model);
      return liveStream({
        first: () => [{ lines: [...service.readLog(config)] }],
        subscribe: (add) => [service.onDidLogOf(config)((line) => { add({ lines: [line] }); })],
        signal,
      });
    }),
  };
}
