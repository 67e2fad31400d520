import { CirclePlay, CircleStop, Copy, ExternalLink, FileText, PanelRight, Pencil, RotateCw, SquareTerminal, Trash2 } from 'lucide-react';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '#contract/instances.ts';
import type { MenuEntry } from '../../../ui/Menu.tsx';
import { decideAction, type RowAction } from '../actionPolicy.ts';
import { useScope } from '../InstancesScope.tsx';
import { useRowCommands } from './useRowCommands.ts';

/** The entries of the ⋯ menu and the context menu of one row; several selected rows are acted on together. */
export function useRowMenu(): (instance: Instance) => MenuEntry[] {
  const { t } = useTranslation();
  const { commands } = useScope();
  const rows = useRowCommands();
  return useCallback((instance: Instance) => {
    const affected = rows.affectedBy(instance);
    const reasonFor = (action: RowAction): string | null => {
      const verdicts = affected.map((each) => decideAction(action, each));
      if (verdicts.includes(true)) return null;
      return t(`instances.reason.${String(verdicts[0] ?? 'nothingSelected')}`);
    };
    const ownReason = (action: RowAction): string | null => {
      const verdict = decideAction(action, instance);
      return verdict === true ? null : t(`instances.reason.${verdict}`);
    };
    return [
      { id: 'start', label: t('instances.action.start'), icon: <CirclePlay size={14} />, shortcut: 'Space', disabledReason: reasonFor('start'), onSelect: () => { commands.start(affected); } },
      { id: 'stop', label: t('instances.action.stop'), icon: <CircleStop size={14} />, shortcut: 'Space', disabledReason: reasonFor('stop'), onSelect: () => { commands.stop(affected); } },
      { id: 'restart', label: t('instances.action.restart'), icon: <RotateCw size={14} />, disabledReason: ownReason('restart'), onSelect: () => { commands.restart(instance); } },
      'separator',
      { id: 'open', label: t('instances.action.open'), icon: <ExternalLink size={14} />, shortcut: 'O', disabledReason: ownReason('open'), onSelect: () => { commands.open(instance); } },
      { id: 'terminal', label: t('instances.action.terminal'), icon: <SquareTerminal size={14} />, shortcut: 'T', onSelect: () => { commands.showTerminal(instance); } },
      { id: 'log', label: t('instances.action.log'), icon: <FileText size={14} />, shortcut: 'L', disabledReason: ownReason('log'), onSelect: () => { commands.showLog(instance); } },
      'separator',
      { id: 'inspect', label: t('instances.action.inspect'), icon: <PanelRight size={14} />, shortcut: 'Enter', onSelect: () => { rows.inspect(); } },
      { id: 'edit', label: t('instances.action.edit'), icon: <Pencil size={14} />, shortcut: 'E', onSelect: () => { rows.beginEdit(instance, 'name'); } },
      { id: 'copyUrl', label: t('instances.action.copyUrl'), icon: <Copy size={14} />, disabledReason: ownReason('open'), onSelect: () => { commands.copy(instance.url ?? ''); } },
      { id: 'copyFolder', label: t('instances.action.copyFolder'), icon: <Copy size={14} />, onSelect: () => { commands.copy(instance.folder); } },
      'separator',
      { id: 'trash', label: t('instances.action.trash'), icon: <Trash2 size={14} />, shortcut: 'Delete', isDanger: true, disabledReason: reasonFor('trash'), onSelect: () => { commands.askTrash(affected); } },
    ];
  }, [t, commands, rows]);
}
