import type { TFunction } from 'i18next';
import type { SettingKey } from '#contract/settings.ts';
import { stepZoom } from '#contract/zoomSteps.ts';
import { getSetting } from '../features/settings/settingStore.ts';
import type { Action } from './actions.ts';
import type { App } from './appContext.tsx';

/** Theme and zoom: settings, so that they are remembered. */
export function lookActions(app: App, t: TFunction): Action[] {
  return [...toThemeActions(app, t), ...toZoomActions(app, t)];
}

function whyFixed({ stores, connection }: App, key: SettingKey, t: TFunction): true | string {
  if (!connection.isOpen) return t('app.reason.notConnected');
  const setting = stores.settings.getState().settings[key];
  return setting?.source === 'environment' ? t('app.reason.fixed', { variable: setting.variable }) : true;
}

function toThemeActions(app: App, t: TFunction): Action[] {
  const themes = [['dark', 'app.action.themeDark'], ['light', 'app.action.themeLight'], ['system', 'app.action.themeSystem']] as const;
  return themes.map(([value, title]) => ({
    id: `app.theme.${value}`,
    title: t(title),
    area: t('app.window'),
    isEnabled: () => (getSetting(app.stores.settings.getState(), 'window.theme') === value ? t('app.reason.themeNow') : whyFixed(app, 'window.theme', t)),
    run: async () => { await app.client.settings.set({ key: 'window.theme', value }); },
  }));
}

function toZoomActions(app: App, t: TFunction): Action[] {
  const current = (): number => getSetting(app.stores.settings.getState(), 'window.zoomPercent');
  const zoom = (name: string, shortcut: string, target: () => number, reason: string): Action => ({
    id: `app.${name}`,
    title: t(`app.action.${name}`),
    area: t('app.window'),
    shortcut,
    isEnabled: () => (target() === current() ? t(reason) : whyFixed(app, 'window.zoomPercent', t)),
    run: async () => { await app.client.settings.set({ key: 'window.zoomPercent', value: target() }); },
  });
  return [
    zoom('zoomIn', 'Ctrl++', () => stepZoom(current(), 'in'), 'app.reason.zoomMost'),
    zoom('zoomOut', 'Ctrl+-', () => stepZoom(current(), 'out'), 'app.reason.zoomLeast'),
    zoom('zoomReset', 'Ctrl+0', () => 100, 'app.reason.themeNow'),
  ];
}
