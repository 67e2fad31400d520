import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { settingSchemas } from '#contract/settings.ts';
import type { Setting, SettingKey, SettingValue, ViewState } from '#contract/settings.ts';
import type { Client } from '../../client/client.ts';

/** The settings and the remembered views as the backend has them; `isReady` after the first snapshot. */
export interface SettingState {
  isReady: boolean;
  settings: Readonly<Partial<Record<SettingKey, Setting>>>;
  views: Readonly<Record<string, ViewState['value']>>;
}
export type SettingStore = StoreApi<SettingState>;

export function createSettingStore(): SettingStore {
  return createStore<SettingState>(() => ({ isReady: false, settings: {}, views: {} }));
}

/** A setting's value, its default as long as the backend has said nothing. */
export function getSetting<K extends SettingKey>({ settings }: SettingState, key: K): SettingValue<K> {
  const parsed = settingSchemas[key].safeParse(settings[key]?.value);
  return (parsed.success ? parsed.data : settingSchemas[key].parse(undefined)) as SettingValue<K>;
}

export async function mirrorSettings(store: SettingStore, client: Client, signal: AbortSignal): Promise<void> {
  for await (const change of await client.settings.watch({}, { signal })) {
    if (change.kind === 'snapshot') {
      store.setState({
        isReady: true,
        settings: Object.fromEntries(change.settings.map((setting) => [setting.key, setting])),
        views: Object.fromEntries(change.views.map(({ name, value }) => [name, value])),
      });
    } else {
      store.setState(({ settings }) => ({ settings: { ...settings, [change.setting.key]: change.setting } }));
    }
  }
}
