import type { HubService } from '../features/models/index.ts';
import type { Api } from './api.ts';

export function hubHandlers(api: Api['hub'], hub: HubService) {
  return {
    search: api.search.handler(({ input, signal }) => hub.search(input, { signal })),
    page: api.page.handler(({ input, signal }) => hub.readPage(input, { signal })),
    card: api.card.handler(async ({ input, signal }) => ({ markdown: await hub.readCard(input, { signal }) })),
  };
}
