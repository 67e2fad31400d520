import type { ApiKeySettings } from '#contract/apiKeys.ts';
import type { ApiKeyService } from '../features/serving/index.ts';
import type { Api } from './api.ts';

export function apiKeyHandlers(api: Api['apiKeys'], service: ApiKeyService) {
  return {
    list: api.list.handler(() => service.list()),
    create: api.create.handler(({ input: { name, ...rest } }) => service.create({ name, ...withoutUndefined(rest) })),
    update: api.update.handler(({ input }) => service.update(input.key, withoutUndefined(input.set))),
    revoke: api.revoke.handler(({ input }) => service.revoke(input.key)),
  };
}

/** A key that is there with `undefined` would wipe out what stands. */
function withoutUndefined(settings: { [K in keyof ApiKeySettings]?: ApiKeySettings[K] | undefined }): Partial<ApiKeySettings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
