import { ScrollText, SquareTerminal, Play, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { KeyboardEvent, MouseEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import { classNames } from '../../base/classNames.ts';
import { ContextMenu } from '../../ui/Menu.tsx';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { closePanelTab, hideTab } from './panelCommands.ts';
import { changeTabs, chooseTab, panelOf } from './panelStore.ts';
import { activateTab, keyOfTab, moveTab, placeBeside, stepTab } from './tabs.ts';
import type { Tab } from './tabs.ts';
import { useTabFacts } from './useTabFacts.ts';

/** The open tabs. Arrows go from one to the next, Enter goes into it, Delete closes it. */
export function PanelTabs(): ReactNode {
  const { t } = useTranslation();
  const { tabs } = useStore(panelOf(useApp()), (state) => state.tabs);
  if (tabs.length === 0) return null;
  return (
    <div role="tablist" aria-label={t('terminals.tabs')} data-panel-tabs="" className="flex h-full min-w-0 items-stretch overflow-x-auto [scrollbar-width:none]">
      {tabs.map((tab) => <PanelTab key={keyOfTab(tab)} tab={tab} />)}
    </div>
  );
}

function PanelTab({ tab }: { tab: Tab }): ReactNode {
  const app = useApp();
  const { t } = useTranslation();
  const panel = panelOf(app);
  const key = keyOfTab(tab);
  const ref = useRef<HTMLDivElement>(null);
  const isActive = useStore(panel, (state) => state.tabs.activeKey === key);
  const isBeside = useStore(panel, (state) => state.tabs.besideKey === key);
  const { title, word, hasRung } = useTabFacts(tab);
  const close = (): void => { closePanelTab(app, tab).catch(app.toastError); };
  useEffect(() => { if (isActive) ref.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }, [isActive]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Delete') close();
    else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') stepBy(event.key === 'ArrowRight' ? 'next' : 'previous', event.shiftKey);
    else if (event.key === 'Enter' || event.key === ' ' || event.key === 'ArrowDown') chooseTab(panel, (tabs) => activateTab(tabs, key));
    else return;
    event.preventDefault();
  };
  const stepBy = (direction: 'next' | 'previous', isMove: boolean): void => {
    changeTabs(panel, (tabs) => (isMove ? moveTab(tabs, key, direction === 'next' ? 'right' : 'left') : stepTab(tabs, direction)));
    requestAnimationFrame(() => { document.querySelector<HTMLElement>('[data-panel-tabs] [aria-selected="true"]')?.focus(); });
  };
  const onMiddleClick = (event: MouseEvent): void => {
    if (event.button !== 1) return;
    event.preventDefault();
    close();
  };
  return (
    <ContextMenu items={() => toTabMenu({ tab, isBeside, close })}>
      <div
        ref={ref}
        role="tab"
        tabIndex={isActive ? 0 : -1}
        aria-selected={isActive}
        aria-controls={isActive ? 'panel-pane' : undefined}
        aria-keyshortcuts="Delete"
        title={title}
        onClick={() => { chooseTab(panel, (tabs) => activateTab(tabs, key)); }}
        onAuxClick={onMiddleClick}
        onMouseDown={(event) => { if (event.button === 1) event.preventDefault(); }}
        onKeyDown={onKeyDown}
        className={classNames('group relative flex max-w-60 min-w-24 shrink-0 items-center gap-1.5 border-r border-line pr-1 pl-2.5 select-none', isActive ? 'bg-bg text-text' : isBeside ? 'bg-bg text-muted' : 'text-muted hover:bg-hover hover:text-text')}
      >
        {isActive ? <span aria-hidden className="absolute inset-x-0 top-0 h-0.5 bg-accent" /> : null}
        <TabIcon tab={tab} />
        <span className="min-w-0 flex-1 truncate">{title}{' '}</span>
        {word ? <span className="shrink-0 text-xs text-muted">{word}{' '}</span> : null}
        {hasRung ? <span data-bell="" className="size-2 shrink-0 rounded-full bg-busy"><span className="sr-only">{t('terminals.bell')}</span></span> : null}
        <span aria-hidden data-close="" title={t('terminals.close')} onClick={(event) => { event.stopPropagation(); close(); }} className={classNames('inline-flex size-5 shrink-0 items-center justify-center rounded-sm hover:bg-hover hover:text-text group-hover:opacity-100', isActive ? 'opacity-100' : 'opacity-0')}>
          <X size={13} />
        </span>
      </div>
    </ContextMenu>
  );

  function toTabMenu({ tab: of, isBeside: isNowBeside, close: end }: { tab: Tab; isBeside: boolean; close: () => void }): MenuEntry[] {
    const isOnlyTab = panel.getState().tabs.tabs.length < 2;
    const move = (direction: 'left' | 'right') => (): void => { changeTabs(panel, (tabs) => moveTab(tabs, key, direction)); };
    return [
      isNowBeside
        ? { id: 'unsplit', label: t('terminals.tab.unsplit'), onSelect: () => { changeTabs(panel, (tabs) => placeBeside(tabs, null)); } }
        : { id: 'beside', label: t('terminals.tab.beside'), disabledReason: isOnlyTab ? t('terminals.tab.onlyOne') : null, onSelect: () => { changeTabs(panel, (tabs) => placeBeside(tabs, key)); } },
      { id: 'left', label: t('terminals.tab.left'), shortcut: 'Shift+ArrowLeft', onSelect: move('left') },
      { id: 'right', label: t('terminals.tab.right'), shortcut: 'Shift+ArrowRight', onSelect: move('right') },
      'separator',
      ...(of.kind === 'terminal' ? [{ id: 'hide', label: t('terminals.tab.hide'), onSelect: () => { hideTab(app, of); } }] : []),
      { id: 'close', label: t('terminals.tab.close'), shortcut: 'Delete', onSelect: end },
    ];
  }
}

function TabIcon({ tab }: { tab: Tab }): ReactNode {
  const look = { size: 13, 'aria-hidden': true, className: 'shrink-0' } as const;
  if (tab.kind === 'log') return <ScrollText {...look} />;
  return tab.runId === null ? <SquareTerminal {...look} /> : <Play {...look} />;
}
