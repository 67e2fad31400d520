import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { App } from '../../app/appContext.tsx';
import type { TerminalState } from './terminalStore.ts';
import { dropMissing, followRuns, noTabs, rememberedTabs } from './tabs.ts';
import type { Tabs } from './tabs.ts';

/** What the bottom panel shows. */
export interface PanelState {
  tabs: Tabs;
  /** Grows each time a person asks for a tab: then, and only then, its terminal takes the focus. */
  focusCount: number;
  /** The terminal whose find bar is open. */
  findingIn: string | null;
  /** A text size that was asked for and is not saved yet. */
  askedFontSize: number | null;
}
export type PanelStore = StoreApi<PanelState>;

/** A backend that has just started names its terminals one by one: one that is missing this long is no more. */
const MISSING_AFTER_MS = 1_500;
const VIEW = 'terminals.tabs';

const panels = new WeakMap<App, PanelStore>();

/** The one panel of a window: it outlives its being folded, and what is open is remembered by the backend. */
export function panelOf(app: App): PanelStore {
  const existing = panels.get(app);
  if (existing !== undefined) return existing;
  const store = createPanelStore(app);
  panels.set(app, store);
  return store;
}

function createPanelStore({ views, stores }: App): PanelStore {
  const tabs = views.get(VIEW, rememberedTabs, { tabs: [], activeKey: null, besideKey: null });
  const store = createStore<PanelState>(() => ({ tabs, focusCount: 0, findingIn: null, askedFontSize: null }));
  store.subscribe((now, before) => {
    if (now.tabs !== before.tabs) views.set(VIEW, { ...now.tabs, tabs: [...now.tabs.tabs] });
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const settle = (): void => {
    const state = stores.terminals.getState();
    changeTabs(store, (current) => followRuns(current, state.byId));
    clearTimeout(timer);
    timer = setTimeout(() => { changeTabs(store, (current) => withoutMissing(current, stores.terminals.getState())); }, MISSING_AFTER_MS);
  };
  stores.terminals.subscribe(settle);
  settle();
  return store;
}

function withoutMissing(tabs: Tabs, { isReady, host, byId }: TerminalState): Tabs {
  return isReady && host === 'up' ? dropMissing(tabs, byId) : tabs;
}

/** Changes the tabs; nobody is told when they stay the same. */
export function changeTabs(store: PanelStore, change: (tabs: Tabs) => Tabs): void {
  const { tabs } = store.getState();
  const next = change(tabs);
  if (next !== tabs) store.setState({ tabs: next.tabs.length === 0 ? noTabs : next });
}

/** Changes the tabs because a person asked for it, and brings the focus into the one that is shown. */
export function chooseTab(store: PanelStore, change: (tabs: Tabs) => Tabs): void {
  changeTabs(store, change);
  store.setState(({ focusCount }) => ({ focusCount: focusCount + 1 }));
}
