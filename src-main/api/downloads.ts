import type { DownloadChange } from '#contract/downloads.ts';
import type { DownloadService } from '../features/downloads/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function downloadHandlers(api: Api['downloads'], service: DownloadService) {
  return {
    list: api.list.handler(() => service.list()),
    get: api.get.handler(({ input }) => service.get(input.download)),
    pull: api.pull.handler(({ input }) => service.pull(input)),
    pause: api.pause.handler(({ input }) => service.pause(input.download)),
    resume: api.resume.handler(({ input }) => service.resume(input.download)),
    promote: api.promote.handler(({ input }) => service.promote(input.download)),
    remove: api.remove.handler(({ input }) => service.remove(input.download)),
    watch: api.watch.handler(({ signal }) => liveStream<DownloadChange>({
      first: () => [{ kind: 'snapshot', downloads: service.list() }],
      subscribe: (add) => [
        service.onDidChange((download) => { add({ kind: 'changed', download }); }),
        service.onDidRemove((downloadId) => { add({ kind: 'removed', downloadId }); }),
      ],
      keyOf: (change) => (change.kind === 'changed' ? change.download.id : null),
      signal,
    })),
  };
}
