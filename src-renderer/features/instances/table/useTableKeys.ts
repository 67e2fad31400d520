import { useCallback, type KeyboardEvent } from 'react';
import type { Instance } from '#contract/instances.ts';
import { decideAction } from '../actionPolicy.ts';
import { undo } from '../edit/editModel.ts';
import { useScope } from '../InstancesScope.tsx';
import { columnFacts } from './columns.ts';
import { moveFocus, selectAll, type RowMove } from './rowNavigation.ts';
import type { TableRow } from './rowPlan.ts';
import type { ColumnId } from './tableView.ts';
import { useRowCommands } from './useRowCommands.ts';

const moves: Readonly<Record<string, RowMove>> = { ArrowUp: 'up', ArrowDown: 'down', PageUp: 'pageUp', PageDown: 'pageDown', Home: 'first', End: 'last' };

interface KeyScene {
  rows: readonly TableRow[];
  columnIds: readonly ColumnId[];
  pageSize: number;
  onToggleGroup: (key: string) => void;
}

/** Every key of the table while a row, not a control inside it, has the focus. */
export function useTableKeys(scene: KeyScene): (event: KeyboardEvent) => void {
  const { rows, columnIds, pageSize, onToggleGroup } = scene;
  const { store, workspace, commands } = useScope();
  const rowCommands = useRowCommands();

  return useCallback((event: KeyboardEvent) => {
    const isOnRow = event.target instanceof HTMLElement && event.target.dataset['key'] !== undefined;
    if (!isOnRow || event.altKey) return;
    const { focus, cell } = workspace.state.getState();
    const row = rows.find(({ key }) => key === focus.focusKey);
    const isCommand = event.ctrlKey || event.metaKey;
    const handled = isCommand ? handleCommand() : handleMove() || (row?.kind === 'group' ? handleGroup(row.key, row.isFolded) : handleInstance());
    if (handled) {
      event.preventDefault();
      event.stopPropagation();
    }

    function handleCommand(): boolean {
      if (event.key === 'a') rowCommands.setFocus(selectAll(rows, focus), cell);
      else if (event.key === 'z') workspace.edits.setState(undo(workspace.edits.getState()));
      else return false;
      return true;
    }

    function handleMove(): boolean {
      const move = moves[event.key];
      if (move === undefined) return false;
      rowCommands.setFocus(moveFocus(rows, focus, { move, isExtending: event.shiftKey, pageSize }), cell);
      return true;
    }

    function handleGroup(key: string, isFolded: boolean): boolean {
      const isToggle = event.key === 'Enter' || event.key === ' ' || event.key === (isFolded ? 'ArrowRight' : 'ArrowLeft');
      if (isToggle) onToggleGroup(key);
      return isToggle;
    }

    function handleInstance(): boolean {
      const instance = row === undefined ? undefined : store.getState().byId[row.key];
      if (instance === undefined) return false;
      if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') return moveCell(event.key === 'ArrowLeft' ? -1 : 1);
      return runKey(event.key, instance);
    }

    function moveCell(by: 1 | -1): boolean {
      const index = Math.min(columnIds.length - 1, (cell === null ? -1 : columnIds.indexOf(cell)) + by);
      if (index < -1 || (by === -1 && cell === null)) return focusGroup();
      rowCommands.setFocus(focus, columnIds[index] ?? null);
      return true;
    }

    function focusGroup(): boolean {
      if (row?.kind !== 'instance') return false;
      rowCommands.setFocus({ focusKey: row.groupKey, anchorKey: row.groupKey, selected: new Set() });
      return true;
    }

    function runKey(key: string, instance: Instance): boolean {
      const affected = rowCommands.affectedBy(instance);
      const run: Record<string, () => void> = {
        Enter: () => { rowCommands.inspect(); },
        ' ': () => { commands.toggle(affected); },
        t: () => { commands.showTerminal(instance); },
        l: () => { commands.showLog(instance); },
        o: () => { commands.open(instance); },
        e: () => { editCell(instance); },
        F2: () => { editCell(instance); },
        Delete: () => { commands.askTrash(affected.filter((each) => decideAction('trash', each) === true)); },
      };
      const action = run[key];
      action?.();
      return action !== undefined;
    }

    function editCell(instance: Instance): void {
      const field = cell === null ? 'name' : columnFacts[cell].field;
      if (field !== null) rowCommands.beginEdit(instance, field);
    }
  }, [rows, columnIds, pageSize, onToggleGroup, store, workspace, commands, rowCommands]);
}
