import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import { copyText } from '../base/clipboard.ts';
import { useActions } from './actions.ts';
import type { Action } from './actions.ts';
import { useApp } from './appContext.tsx';
import type { App } from './appContext.tsx';
import { findArea, listAreas, toPlace } from './areas.ts';
import { focusFilter } from './focus.ts';
import { navigate, parseHash } from './route.ts';
import { lookActions } from './lookActions.ts';

/** The actions of the frame itself: where to go, what to fold, how it looks. */
export function useFrameActions(): void {
  const { t } = useTranslation();
  const app = useApp();
  useActions([...toAreaActions(app, t), ...toPartActions(app, t), ...lookActions(app, t), ...toLinkActions(app, t)]);
}

function toAreaActions({ view }: App, t: TFunction): Action[] {
  return listAreas().map((area, index) => ({
    id: `app.goTo.${area.id}`,
    title: t('app.action.goTo', { area: t(`app.areas.${area.id}`) }),
    area: t('app.window'),
    shortcut: index < 9 ? `Ctrl+${index + 1}` : undefined,
    worksInTerminal: true,
    isEnabled: () => true,
    run: () => { navigate(area.id, ...toPlace(area, view.getState().places)); },
  }));
}

function toPartActions({ view }: App, t: TFunction): Action[] {
  const part = (name: string, shortcut: string, run: () => void, isEnabled: Action['isEnabled'] = () => true): Action => ({
    id: `app.${name}`, title: t(`app.action.${name}`), area: t('app.window'), shortcut, isEnabled, run, worksInTerminal: name === 'palette' || name === 'panel',
  });
  const hasInspector = (): true | string => (findArea(parseHash(window.location.hash).area)?.Inspector ? true : t('app.reason.noInspector'));
  return [
    part('palette', 'Ctrl+K', () => { view.setState(({ isPaletteOpen }) => ({ isPaletteOpen: !isPaletteOpen })); }),
    part('shortcuts', '?', () => { view.setState({ isShortcutSheetOpen: true }); }),
    part('filter', '/', focusFilter),
    part('panel', 'Ctrl+J', () => { view.setState(({ isPanelOpen }) => ({ isPanelOpen: !isPanelOpen })); }),
    part('rail', 'Ctrl+B', () => { view.setState(({ isRailOpen }) => ({ isRailOpen: !isRailOpen })); }),
    part('inspector', 'Ctrl+I', () => { view.setState(({ isInspectorOpen }) => ({ isInspectorOpen: !isInspectorOpen })); }, hasInspector),
  ];
}

function toLinkActions({ client, connection, toast }: App, t: TFunction): Action[] {
  const createLink = async (): Promise<void> => {
    const { url } = await client.system.createLink({});
    if (url === null) {
      toast({ tone: 'idle', title: t('app.linkNone') });
      return;
    }
    await copyText(url);
    toast({ tone: 'ok', title: t('app.linkCopied'), text: url });
  };
  return [{
    id: 'app.createLink', title: t('app.action.createLink'), area: t('app.window'),
    isEnabled: () => connection.isOpen || t('app.reason.notConnected'),
    run: createLink,
  }];
}
