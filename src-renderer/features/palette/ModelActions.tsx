import { useLayoutEffect } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Action } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import { navigate } from '../../app/route.ts';
import { showModelPage } from '../models/modelPlace.ts';
import { isOff } from '../serving/engineGroups.ts';
import { useLoading } from '../serving/useLoading.ts';

/** Makes models, keys and conversations reachable from every area. Draws nothing. */
export function ModelActions(): ReactNode {
  const { t } = useTranslation();
  const { actions, stores } = useApp();
  const { load, unload } = useLoading();
  // At each change of what it calls, in the same phase as the area's own actions.
  useLayoutEffect(() => {
    const isEnabled = (): true => true;
    const area = t('models.title');
    const toNamed = (): Action[] => (stores.serving.getState().snapshot?.models ?? []).flatMap((model): Action[] => {
      const { configId, name } = model;
      if (!isOff(model)) return [{ id: `serving.unload.${configId}`, title: t('serving.unloadNamed', { name }), area, isOnlyFound: true, isEnabled, run: () => { unload(name); } }];
      if (stores.configs.getState().byId[configId]?.problem !== null) return [];
      return [{ id: `serving.load.${configId}`, title: t('serving.loadNamed', { name }), area, isOnlyFound: true, isEnabled, run: () => { load(name); } }];
    });
    return actions.register(() => [
      { id: 'chat.new', title: t('chat.new'), area: t('chat.title'), isEnabled, run: () => { navigate('chat', 'new'); } },
      { id: 'serving.newConfig', title: t('serving.newConfig'), area, isEnabled, run: () => { showModelPage('serving', 'new'); } },
      { id: 'keys.new', title: t('keys.new'), area, isEnabled, run: () => { showModelPage('keys', 'new'); } },
      ...toNamed(),
    ]);
  }, [actions, stores, t, load, unload]);
  return null;
}
