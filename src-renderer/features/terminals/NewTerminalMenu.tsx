import { Plus } from 'lucide-react';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app/appContext.tsx';
import type { App } from '../../app/appContext.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { DropdownMenu } from '../../ui/Menu.tsx';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { getFocusedInstance } from './focusedInstance.ts';
import { listUnseen, openShell, openTerminal } from './panelCommands.ts';

/** The + behind the tabs: a new shell, or a terminal that no tab shows. */
export function NewTerminalMenu(): ReactNode {
  const app = useApp();
  const { t } = useTranslation();
  return <DropdownMenu align="start" side="top" trigger={<IconButton size="sm" label={t('terminals.new')} icon={<Plus size={15} aria-hidden />} />} items={() => toEntries(app, t)} />;
}

function toEntries(app: App, t: TFunction): MenuEntry[] {
  const byId = app.stores.terminals.getState().byId;
  const unseen = listUnseen(app).flatMap((tab) => (tab.kind === 'terminal' ? [tab.terminalId] : []));
  const focused = getFocusedInstance(app);
  return [
    ...(focused === null ? [] : [{ id: 'inInstance', label: t('terminals.shellIn', { name: focused.name }), onSelect: () => { openShell(app, focused.id); } }]),
    { id: 'home', label: t('terminals.shellAtHome'), shortcut: 'Ctrl+Shift+Enter', onSelect: () => { openShell(app, null); } },
    ...(unseen.length === 0 ? [] : [{ heading: t('terminals.unseen') }]),
    ...unseen.map((id) => ({ id, label: byId[id]?.title ?? id, onSelect: () => { openTerminal(app, id); } })),
  ];
}
