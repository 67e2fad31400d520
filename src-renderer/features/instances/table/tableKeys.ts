import type { Instance } from '#contract/instances.ts';
import { decideAction } from '../actionPolicy.ts';
import { undo } from '../edit/editModel.ts';
import type { InstanceCommands } from '../instanceCommands.ts';
import type { InstanceStore } from '../instanceStore.ts';
import type { Workspace } from '../workspace.ts';
import { columnFacts } from './columns.ts';
import { focusOn, moveFocus, selectAll, type RowMove } from './rowNavigation.ts';
import type { TableRow } from './rowPlan.ts';
import type { ColumnId } from './tableView.ts';
import type { RowCommands } from './useRowCommands.ts';

/** One key press on a row. */
export interface RowKey { key: string; isCommand: boolean; isShift: boolean }

export interface KeyScene {
  rows: readonly TableRow[];
  columnIds: readonly ColumnId[];
  pageSize: number;
  onToggleGroup: (key: string) => void;
  store: InstanceStore;
  workspace: Workspace;
  commands: InstanceCommands;
  rowCommands: RowCommands;
}

const moves: Readonly<Record<string, RowMove>> = { ArrowUp: 'up', ArrowDown: 'down', PageUp: 'pageUp', PageDown: 'pageDown', Home: 'first', End: 'last' };

/** Does what a key means on the row in focus. False: the key means nothing here and goes on its way. */
export function handleRowKey(scene: KeyScene, press: RowKey): boolean {
  if (press.isCommand) return handleCommand(scene, press.key);
  const move = moves[press.key];
  const { focus, cell } = scene.workspace.state.getState();
  if (move !== undefined) {
    scene.rowCommands.setFocus(moveFocus(scene.rows, focus, { move, isExtending: press.isShift, pageSize: scene.pageSize }), cell);
    return true;
  }
  const row = scene.rows.find(({ key }) => key === focus.focusKey);
  if (row === undefined) return false;
  return row.kind === 'group' ? handleGroup(scene, press.key, row) : handleInstance(scene, press.key, row);
}

function handleInstance(scene: KeyScene, key: string, row: { key: string; groupKey: string }): boolean {
  const instance = scene.store.getState().byId[row.key];
  if (instance === undefined) return false;
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return runKey(scene, key, instance);
  moveCell(scene, row.groupKey, key === 'ArrowLeft' ? -1 : 1);
  return true;
}

function handleCommand({ rows, workspace, rowCommands }: KeyScene, key: string): boolean {
  const { focus, cell } = workspace.state.getState();
  if (key === 'a') rowCommands.setFocus(selectAll(rows, focus), cell);
  else if (key === 'z') workspace.edits.setState(undo(workspace.edits.getState()));
  else return false;
  return true;
}

function handleGroup({ onToggleGroup }: KeyScene, key: string, { key: groupKey, isFolded }: { key: string; isFolded: boolean }): boolean {
  const isToggle = key === 'Enter' || key === ' ' || key === (isFolded ? 'ArrowRight' : 'ArrowLeft');
  if (isToggle) onToggleGroup(groupKey);
  return isToggle;
}

/** Goes along the cells; left of the first is the row itself, left of that its group. */
function moveCell({ rows, columnIds, workspace, rowCommands }: KeyScene, groupKey: string, by: 1 | -1): void {
  const { focus, cell } = workspace.state.getState();
  const group = rows.find(({ key }) => key === groupKey);
  if (cell === null && by === -1) {
    if (group !== undefined) rowCommands.setFocus(focusOn(group));
    return;
  }
  const index = (cell === null ? -1 : columnIds.indexOf(cell)) + by;
  rowCommands.setFocus(focus, columnIds[Math.min(columnIds.length - 1, index)] ?? null);
}

function runKey({ commands, rowCommands, workspace }: KeyScene, key: string, instance: Instance): boolean {
  const affected = rowCommands.affectedBy(instance);
  const edit = (): void => {
    const { cell } = workspace.state.getState();
    const field = cell === null ? 'name' : columnFacts[cell].field;
    if (field !== null) rowCommands.beginEdit(instance, field);
  };
  const runs = new Map<string, () => void>([
    ['Enter', () => { rowCommands.inspect(); }],
    [' ', () => { commands.toggle(affected); }],
    ['t', () => { commands.showTerminal(instance); }],
    ['l', () => { commands.showLog(instance); }],
    ['o', () => { commands.open(instance); }],
    ['e', edit],
    ['F2', edit],
    ['Delete', () => { commands.askTrash(affected.some((each) => decideAction('trash', each) === true) ? affected : []); }],
  ]);
  const run = runs.get(key);
  run?.();
  return run !== undefined;
}
