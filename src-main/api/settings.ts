import type { SettingChange } from '#contract/settings.ts';
import type { SettingsService } from '../features/settings/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function settingsHandlers(api: Api['settings'], service: SettingsService) {
  return {
    list: api.list.handler(() => service.list()),
    set: api.set.handler(({ input }) => service.set(input.key, input.value)),
    reset: api.reset.handler(({ input }) => service.reset(input.key)),
    rememberView: api.rememberView.handler(({ input }) => { service.rememberView(input); }),
    watch: api.watch.handler(({ signal }) => liveStream<SettingChange>({
      first: () => [{ kind: 'snapshot', settings: service.list(), views: service.views() }],
      subscribe: (add) => [service.onDidChange((setting) => { add({ kind: 'changed', setting }); })],
      keyOf: (change) => (change.kind === 'changed' ? change.setting.key : null),
      signal,
    })),
  };
}
