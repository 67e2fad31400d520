import { useTranslation } from 'react-i18next';
import { useActions, type Action } from '../../app/actions.ts';
import { navigate } from '../../app/route.ts';
import type { Instance } from '#contract/instances.ts';
import { decideAction, type RowAction } from './actionPolicy.ts';
import { useScope } from './InstancesScope.tsx';
import { useRowCommands, type RowCommands } from './table/useRowCommands.ts';
import type { InstanceCommands } from './instanceCommands.ts';

/** Everything that can be done with the instance in focus, and with the area, for the palette and the shortcut list. */
export function useAreaActions(): void {
  const { t } = useTranslation();
  const { store, workspace, commands } = useScope();
  const rows = useRowCommands();
  const area = t('instances.title');
  const focused = (): Instance | undefined => store.getState().byId[workspace.state.getState().focus.focusKey ?? ''];
  const onRow = (action: RowAction, shortcut: string | undefined, run: (instance: Instance) => void): Action => ({
    id: `instances.${action}`,
    title: t(`instances.action.${action}`),
    area,
    shortcut,
    isShortcutLocal: true,
    isEnabled: () => {
      const instance = focused();
      const verdict = instance === undefined ? 'nothingSelected' : decideAction(action, instance);
      return verdict === true ? true : t(`instances.reason.${verdict}`);
    },
    run: () => {
      const instance = focused();
      if (instance !== undefined) run(instance);
    },
  });
  useActions([
    { id: 'instances.create', title: t('instances.new'), area, shortcut: 'N', isEnabled: () => true, run: () => { workspace.state.setState({ dialog: { kind: 'create', blueprintId: null } }); } },
    { id: 'instances.blueprints', title: t('instances.view.blueprints'), area, isEnabled: () => true, run: () => { navigate('instances', 'blueprints'); } },
    { id: 'instances.trashView', title: t('instances.view.trash'), area, isEnabled: () => true, run: () => { navigate('instances', 'trash'); } },
    ...toRowActions(onRow, commands, rows),
  ]);
}

function toRowActions(onRow: (action: RowAction, shortcut: string | undefined, run: (instance: Instance) => void) => Action, commands: InstanceCommands, rows: RowCommands): Action[] {
  return [
    onRow('start', 'Space', (instance) => { commands.start(rows.affectedBy(instance)); }),
    onRow('stop', 'Space', (instance) => { commands.stop(rows.affectedBy(instance)); }),
    onRow('restart', undefined, (instance) => { commands.restart(instance); }),
    onRow('open', 'O', (instance) => { commands.open(instance); }),
    onRow('terminal', 'T', (instance) => { commands.showTerminal(instance); }),
    onRow('log', 'L', (instance) => { commands.showLog(instance); }),
    onRow('edit', 'E', (instance) => { rows.beginEdit(instance, 'name'); }),
    onRow('trash', 'Delete', (instance) => { commands.askTrash(rows.affectedBy(instance)); }),
  ];
}
