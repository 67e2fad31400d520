import type { TFunction } from 'i18next';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { Setting } from '#contract/settings.ts';
import { useActions } from '../../app/actions.ts';
import type { Action } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import type { App } from '../../app/appContext.tsx';
import { copyText, readClipboard } from '../../base/clipboard.ts';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { getSetting } from '../settings/settingStore.ts';
import type { LiveTerminal } from './liveTerminal.ts';
import { openLog } from './panelCommands.ts';
import { panelOf } from './panelStore.ts';
import { terminalKeys } from './terminalKeys.ts';

type ZoomStep = 1 | -1 | 'reset';
const DEFAULT_FONT_SIZE = 13;

/** What the keys, the menu and the palette do with one terminal. */
export interface TerminalCommands {
  copy: () => void;
  paste: () => void;
  find: () => void;
  zoomIn: () => void;
  zoomOut: () => void;
  zoomReset: () => void;
  menu: () => readonly MenuEntry[];
}

interface Held { terminalId: string; held: RefObject<LiveTerminal | null>; paste: (text: string) => void; isActive: boolean }

export function useTerminalCommands({ terminalId, held, paste, isActive }: Held): TerminalCommands {
  const app = useApp();
  const { t } = useTranslation();
  const clear = (): void => { held.current?.screen.terminal.clear(); };
  const commands = {
    copy: () => { copySelection(app, held.current); },
    paste: () => { readClipboard().then((text) => { if (text === null) app.toast({ tone: 'idle', title: t('terminals.paste.denied'), text: t('terminals.paste.deniedWhy') }); else paste(text); }, app.toastError); },
    find: () => { panelOf(app).setState({ findingIn: terminalId }); },
    zoomIn: () => { zoom(app, 1); },
    zoomOut: () => { zoom(app, -1); },
    zoomReset: () => { zoom(app, 'reset'); },
  };
  const run = app.stores.terminals.getState().byId[terminalId];
  const parts: Parts = { ...commands, clear, selectAll: () => { held.current?.screen.terminal.selectAll(); }, restart: () => { restart(app, run?.instanceId ?? null); }, log: () => { if (run?.runId) openLog(app, run.runId); } };
  useActions(isActive ? toActions(parts, t) : []);
  return { ...commands, menu: () => toMenu(parts, { hasSelection: held.current?.screen.terminal.hasSelection() ?? false, isRun: run?.kind === 'run', isLive: run?.state === 'live' }, t) };
}

type Parts = Omit<TerminalCommands, 'menu'> & Record<'clear' | 'selectAll' | 'restart' | 'log', () => void>;

function toActions(parts: Parts, t: TFunction): Action[] {
  const action = (name: 'find' | 'clear' | 'zoomIn' | 'zoomOut' | 'zoomReset', shortcut?: string): Action => ({
    id: `terminals.${name}`, title: t(`terminals.action.${name}`), area: t('terminals.title'), isEnabled: () => true, run: parts[name],
    ...(shortcut === undefined ? {} : { shortcut, isShortcutLocal: true }),
  });
  return [action('find', terminalKeys.find), action('clear'), action('zoomIn', terminalKeys.zoomIn), action('zoomOut', terminalKeys.zoomOut), action('zoomReset', terminalKeys.zoomReset)];
}

function toMenu(parts: Parts, { hasSelection, isRun, isLive }: { hasSelection: boolean; isRun: boolean; isLive: boolean }, t: TFunction): MenuEntry[] {
  const item = (id: keyof Parts, rest: { shortcut?: string; disabledReason?: string | null } = {}): MenuEntry => ({ id, label: t(`terminals.menu.${id}`), onSelect: parts[id], ...rest });
  const entries: MenuEntry[] = [
    item('copy', { shortcut: terminalKeys.copy, disabledReason: hasSelection ? null : t('terminals.menu.nothingSelected') }),
    item('paste', { shortcut: terminalKeys.paste, disabledReason: isLive ? null : t('terminals.menu.ended') }),
    item('selectAll'), 'separator',
    item('find', { shortcut: terminalKeys.find }), item('clear'),
  ];
  return isRun ? [...entries, 'separator', item('log'), item('restart')] : entries;
}

function copySelection({ toastError }: App, live: LiveTerminal | null): void {
  const text = live?.screen.terminal.getSelection() ?? '';
  if (text !== '') copyText(text).catch(toastError);
}

function restart({ client, toastError }: App, instanceId: string | null): void {
  if (instanceId !== null) client.instances.restart({ instance: instanceId }).catch(toastError);
}

function zoom(app: App, step: ZoomStep): void {
  const panel = panelOf(app);
  const now = panel.getState().askedFontSize ?? getSetting(app.stores.settings.getState(), 'terminal.fontSize');
  const value = step === 'reset' ? DEFAULT_FONT_SIZE : Math.min(32, Math.max(8, now + step));
  if (value === now) return;
  panel.setState({ askedFontSize: value });
  const settle = (): void => { if (panel.getState().askedFontSize === value) panel.setState({ askedFontSize: null }); };
  const show = (saved: Setting): void => {
    app.stores.settings.setState(({ settings }) => ({ settings: { ...settings, [saved.key]: saved } }));
    settle();
  };
  app.client.settings.set({ key: 'terminal.fontSize', value }).then(show, (error: unknown) => { settle(); app.toastError(error); });
}
