import { useMemo } from 'react';
import type { Instance } from '#contract/instances.ts';
import { useApp } from '../../../app/appContext.tsx';
import { setField, type CellEdit, type EditField } from '../edit/editModel.ts';
import { useScope } from '../InstancesScope.tsx';
import { columnOfField } from './columns.ts';
import type { RowFocus } from './rowNavigation.ts';
import type { ColumnId } from './tableView.ts';

/** What changes the focus, the cell under edit and the drafts. */
export interface RowCommands {
  setFocus: (focus: RowFocus, cell?: ColumnId | null) => void;
  inspect: () => void;
  beginEdit: (instance: Instance, field: EditField) => void;
  commitEdit: (instances: readonly Instance[], field: EditField, value: CellEdit['value']) => void;
  endEdit: () => void;
  /** The selected instances when this one is among them, else this one alone. */
  affectedBy: (instance: Instance) => Instance[];
}

export function useRowCommands(): RowCommands {
  const { view } = useApp();
  const { store, workspace } = useScope();
  return useMemo((): RowCommands => {
    const { state, edits } = workspace;
    const commitEdit: RowCommands['commitEdit'] = (instances, field, value) => {
      edits.setState(setField(edits.getState(), instances, field, value));
    };
    return {
      setFocus: (focus, cell = null) => {
        state.setState({ focus, cell, editing: null });
        const others = [...focus.selected].filter((id) => id !== focus.focusKey);
        const isInstance = focus.focusKey !== null && store.getState().byId[focus.focusKey] !== undefined;
        view.setState({ selectedInstanceIds: isInstance && focus.focusKey !== null ? [focus.focusKey, ...others] : others });
      },
      inspect: () => { view.setState({ isInspectorOpen: true }); },
      beginEdit: (instance, field) => {
        if (field === 'autostart') {
          const drafted = edits.getState().drafts[instance.id]?.autostart?.value ?? instance.autostart;
          commitEdit([instance], field, drafted !== true);
        } else {
          state.setState({ editing: { instanceId: instance.id, field }, cell: columnOfField(field) });
        }
      },
      commitEdit,
      endEdit: () => { state.setState({ editing: null }); },
      affectedBy: (instance) => {
        const { selected } = state.getState().focus;
        if (!selected.has(instance.id)) return [instance];
        const { byId } = store.getState();
        return [...selected].flatMap((id) => byId[id] ?? []);
      },
    };
  }, [view, store, workspace]);
}
