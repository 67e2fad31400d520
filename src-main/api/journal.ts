import type { JournalChange } from '#contract/journal.ts';
import type { JournalService } from '../features/journal/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

const SNAPSHOT_ENTRIES = 200;

export function journalHandlers(api: Api['journal'], service: JournalService) {
  return {
    list: api.list.handler(({ input }) => service.list(input)),
    watch: api.watch.handler(({ signal }) => liveStream<JournalChange>({
      first: () => [{ kind: 'snapshot', entries: service.list({ limit: SNAPSHOT_ENTRIES }) }],
      subscribe: (add) => [service.onDidAdd((entry) => { add({ kind: 'added', entry }); })],
      signal,
    })),
  };
}
