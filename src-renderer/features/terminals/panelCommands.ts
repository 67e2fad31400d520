import type { App } from '../../app/appContext.tsx';
import { requestPanel } from '../../app/viewStore.ts';
import type { PanelRequest } from '../../app/viewStore.ts';
import { applyTerminalChange, listTerminals } from './terminalStore.ts';
import { changeTabs, chooseTab, panelOf } from './panelStore.ts';
import { closeTab, keyOfTab, openTab, toTab } from './tabs.ts';
import type { Tab } from './tabs.ts';

/** Shows a terminal in the bottom panel. */
export function openTerminal(app: App, terminalId: string): void {
  requestPanel(app.view, { kind: 'terminal', terminalId });
}

/** Opens a new shell in the bottom panel: inside an instance, or in the home folder for null. */
export function openShell(app: App, instanceId: string | null): void {
  requestPanel(app.view, { kind: 'shell', instanceId });
}

/** Shows the log of a run in the bottom panel. */
export function openLog(app: App, runId: string): void {
  requestPanel(app.view, { kind: 'log', runId });
}

/** Does what was asked of the panel. */
export async function fulfil(app: App, request: PanelRequest): Promise<void> {
  if (request.kind === 'shell') { await startShell(app, request.instanceId); return; }
  const tab: Tab = request.kind === 'log' ? { kind: 'log', runId: request.runId } : toTerminalTab(app, request.terminalId);
  chooseTab(panelOf(app), (tabs) => openTab(tabs, tab));
}

function toTerminalTab({ stores }: App, terminalId: string): Tab {
  const terminal = stores.terminals.getState().byId[terminalId];
  return terminal === undefined ? { kind: 'terminal', terminalId, runId: null, instanceId: null } : toTab(terminal);
}

async function startShell(app: App, instanceId: string | null): Promise<void> {
  const terminal = await app.client.terminals.openShell(instanceId === null ? {} : { instance: instanceId });
  app.stores.terminals.setState((state) => applyTerminalChange(state, { kind: 'changed', terminal }));
  chooseTab(panelOf(app), (tabs) => openTab(tabs, toTab(terminal)));
}

/** Closes a tab: a shell ends, a finished run's terminal is forgotten (its log stays), a running one goes on unseen. */
export async function closePanelTab(app: App, tab: Tab): Promise<void> {
  const terminal = tab.kind === 'terminal' ? app.stores.terminals.getState().byId[tab.terminalId] : undefined;
  hideTab(app, tab);
  if (terminal === undefined || (terminal.kind === 'run' && terminal.state === 'live')) return;
  await app.client.terminals.close({ terminal: terminal.id });
}

/** Closes a tab and nothing else. */
export function hideTab(app: App, tab: Tab): void {
  changeTabs(panelOf(app), (tabs) => closeTab(tabs, keyOfTab(tab)));
}

/** Terminals that no tab shows, oldest first. */
export function listUnseen(app: App): Tab[] {
  const shown = new Set(panelOf(app).getState().tabs.tabs.map(keyOfTab));
  return listTerminals(app.stores.terminals.getState()).map(toTab).filter((tab) => !shown.has(keyOfTab(tab)));
}
