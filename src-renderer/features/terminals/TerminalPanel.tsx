import { ChevronDown, ScrollText, SquareTerminal } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import { navigate } from '../../app/route.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { LogView } from '../runs/LogView.tsx';
import { useFocusedInstance } from './focusedInstance.ts';
import { NewTerminalMenu } from './NewTerminalMenu.tsx';
import { openLog, openShell } from './panelCommands.ts';
import { panelOf } from './panelStore.ts';
import { PanelTabs } from './PanelTabs.tsx';
import { findTab } from './tabs.ts';
import type { Tab } from './tabs.ts';
import { TerminalView } from './TerminalView.tsx';
import { useLogOfChoice } from './useLogOfChoice.ts';

/** The bottom panel: tabs with terminals and logs, one or two of them side by side. */
export function TerminalPanel(): ReactNode {
  const tabs = useStore(panelOf(useApp()), (state) => state.tabs);
  const active = findTab(tabs, tabs.activeKey);
  const beside = findTab(tabs, tabs.besideKey);
  return (
    <div className="flex h-full min-h-0 flex-col bg-panel">
      <PanelHeader />
      <div className="flex min-h-0 flex-1 bg-bg">
        {active ? <Pane key={tabs.activeKey} tab={active} isActive /> : <NothingOpen />}
        {beside ? <div aria-hidden className="w-px bg-line" /> : null}
        {beside ? <Pane key={tabs.besideKey} tab={beside} isActive={false} /> : null}
      </div>
    </div>
  );
}

function PanelHeader(): ReactNode {
  const app = useApp();
  const { t } = useTranslation();
  const runId = useLogOfChoice();
  return (
    <div className="flex h-9 shrink-0 items-center gap-1 border-b border-line pr-1.5">
      <PanelTabs />
      <span className="pl-1"><NewTerminalMenu /></span>
      <span className="ml-auto flex shrink-0 items-center gap-1">
        <Button size="sm" variant="quiet" disabledReason={runId === null ? t('terminals.noRunYet') : null} onClick={() => { if (runId !== null) openLog(app, runId); }}>{t('terminals.logs')}</Button>
        <Button size="sm" variant="quiet" onClick={() => { navigate('journal'); }}>{t('terminals.journal')}</Button>
        <IconButton size="sm" label={t('terminals.fold')} shortcut="Ctrl+J" icon={<ChevronDown size={15} aria-hidden />} onClick={() => { app.view.setState({ isPanelOpen: false }); }} />
      </span>
    </div>
  );
}

function Pane({ tab, isActive }: { tab: Tab; isActive: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <div id={isActive ? 'panel-pane' : undefined} data-panel-pane={isActive ? 'active' : 'beside'} role="tabpanel" aria-label={t(tab.kind === 'log' ? 'terminals.logPane' : 'terminals.pane')} className="min-h-0 min-w-0 flex-1">
      {tab.kind === 'log' ? <LogView runId={tab.runId} /> : <TerminalView terminalId={tab.terminalId} isActive={isActive} />}
    </div>
  );
}

function NothingOpen(): ReactNode {
  const app = useApp();
  const { t } = useTranslation();
  const runId = useLogOfChoice();
  const focused = useFocusedInstance();
  const actions = (
    <>
      <Button variant="primary" icon={<SquareTerminal size={14} aria-hidden />} onClick={() => { openShell(app, null); }}>{t('terminals.shellAtHome')}</Button>
      {focused === null ? null : <Button onClick={() => { openShell(app, focused.id); }}>{t('terminals.shellIn', { name: focused.name })}</Button>}
      {runId === null ? null : <Button icon={<ScrollText size={14} aria-hidden />} onClick={() => { openLog(app, runId); }}>{t('terminals.lastLog')}</Button>}
    </>
  );
  return <div className="min-w-0 flex-1 overflow-auto"><EmptyState title={t('terminals.empty.title')} actions={actions}>{t('terminals.empty.text')}</EmptyState></div>;
}
