import type { TFunction } from 'i18next';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useActions } from '../../app/actions.ts';
import type { Action } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import type { App } from '../../app/appContext.tsx';
import { useFocusedInstance } from './focusedInstance.ts';
import type { FocusedInstance } from './focusedInstance.ts';
import { closePanelTab, fulfil, openLog, openShell } from './panelCommands.ts';
import { chooseTab, panelOf } from './panelStore.ts';
import { focusTerminal } from './tabFocus.ts';
import { findTab, stepTab } from './tabs.ts';
import type { Tab } from './tabs.ts';
import { useLogOfChoice } from './useLogOfChoice.ts';

/** The actions of the bottom panel and what is asked of it, whether it is folded or not. Draws nothing. */
export function TerminalActions(): ReactNode {
  const app = useApp();
  const { t } = useTranslation();
  const request = useStore(app.view, ({ panelRequest }) => panelRequest);
  const runId = useLogOfChoice();
  const focused = useFocusedInstance();
  useEffect(() => {
    if (request === null) return;
    app.view.setState({ panelRequest: null });
    fulfil(app, request).catch(app.toastError);
  }, [app, request]);
  useActions([...toShellActions(app, focused, t), ...toTabActions(app, t), toLogAction(app, runId, t)]);
  return null;
}

function toShellActions(app: App, focused: FocusedInstance | null, t: TFunction): Action[] {
  const area = t('terminals.title');
  return [
    { id: 'terminals.newShell', title: t('terminals.action.newShellAtHome'), area, shortcut: 'Ctrl+Shift+Enter', worksInTerminal: true, isEnabled: () => true, run: () => { openShell(app, null); } },
    {
      id: 'terminals.newShellInInstance',
      title: focused === null ? t('terminals.action.newShellInInstance') : t('terminals.action.newShellIn', { name: focused.name }),
      area,
      isEnabled: () => focused !== null || t('terminals.reason.noInstance'),
      run: () => { if (focused !== null) openShell(app, focused.id); },
    },
  ];
}

function toTabActions(app: App, t: TFunction): Action[] {
  const panel = panelOf(app);
  const getActive = (): Tab | undefined => findTab(panel.getState().tabs, panel.getState().tabs.activeKey);
  const hasTab = (): true | string => getActive() !== undefined || t('terminals.reason.noTab');
  const step = (direction: 'next' | 'previous') => (): void => {
    app.view.setState({ isPanelOpen: true });
    chooseTab(panel, (tabs) => stepTab(tabs, direction));
  };
  const enter = (): void => {
    app.view.setState({ isPanelOpen: true });
    chooseTab(panel, (tabs) => tabs);
    focusTerminal();
  };
  const close = async (): Promise<void> => {
    const active = getActive();
    if (active !== undefined) await closePanelTab(app, active);
  };
  const base = { area: t('terminals.title'), worksInTerminal: true, isEnabled: hasTab } as const;
  return [
    { ...base, id: 'terminals.next', title: t('terminals.action.next'), shortcut: 'Alt+PageDown', run: step('next') },
    { ...base, id: 'terminals.previous', title: t('terminals.action.previous'), shortcut: 'Alt+PageUp', run: step('previous') },
    { ...base, id: 'terminals.enter', title: t('terminals.action.enter'), shortcut: 'Ctrl+Shift+ArrowDown', run: enter },
    { ...base, id: 'terminals.close', title: t('terminals.action.close'), shortcut: 'Ctrl+Shift+X', run: close },
  ];
}

function toLogAction(app: App, runId: string | null, t: TFunction): Action {
  return {
    id: 'terminals.showLog', title: t('terminals.action.showLogOf'), area: t('terminals.title'),
    isEnabled: () => runId !== null || t('terminals.noRunYet'),
    run: () => { if (runId !== null) openLog(app, runId); },
  };
}
