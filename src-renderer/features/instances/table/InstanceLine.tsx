import { memo, type MouseEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '#contract/instances.ts';
import { classNames } from '../../../base/classNames.ts';
import { isSameValue, valueOf, type CellEdit } from '../edit/editModel.ts';
import { CellEditor } from '../edit/CellEditor.tsx';
import { useValueText } from '../edit/useValueText.ts';
import { useEdits, useInstance, useWorkspace } from '../InstancesScope.tsx';
import { CellContent } from './CellContent.tsx';
import { columnFacts } from './columns.ts';
import { RowActions } from './RowActions.tsx';
import type { ColumnId } from './tableView.ts';
import { useRowCommands } from './useRowCommands.ts';

interface InstanceLineProps {
  id: string;
  rowIndex: number;
  topPx: number;
  columnIds: readonly ColumnId[];
  onPress: (key: string, event: MouseEvent) => void;
}

/** One instance, one line of 28 px. Draws again only when its own instance, edits or focus change. */
export const InstanceLine = memo(function InstanceLine({ id, rowIndex, topPx, columnIds, onPress }: InstanceLineProps): ReactNode {
  const instance = useInstance(id);
  const isFocused = useWorkspace(({ focus }) => focus.focusKey === id);
  const isSelected = useWorkspace(({ focus }) => focus.selected.has(id));
  if (instance === undefined) return null;
  return (
    <div
      role="row"
      aria-level={2}
      aria-rowindex={rowIndex}
      aria-selected={isSelected}
      tabIndex={isFocused ? 0 : -1}
      data-key={id}
      data-status={instance.status}
      style={{ transform: `translateY(${topPx}px)` }}
      onMouseDown={(event) => { onPress(id, event); }}
      className={classNames('group/line row-line absolute inset-x-0 top-0 grid grid-cols-(--columns) items-stretch border-b border-line', isSelected ? 'bg-selected' : 'bg-panel hover:bg-hover')}
    >
      {columnIds.map((columnId, index) => <Cell key={columnId} instance={instance} columnId={columnId} index={index} />)}
      <div role="gridcell" aria-colindex={columnIds.length + 1} className="sticky right-0 -col-end-1 flex items-center justify-end bg-inherit px-1.5">
        <RowActions instance={instance} isReachable={isFocused} />
      </div>
    </div>
  );
});

function Cell({ instance, columnId, index }: { instance: Instance; columnId: ColumnId; index: number }): ReactNode {
  const { t } = useTranslation();
  const rows = useRowCommands();
  const valueText = useValueText();
  const { field, isNumeric } = columnFacts[columnId];
  const draft = useEdits(({ drafts }) => (field === null ? undefined : drafts[instance.id]?.[field]));
  const isEditing = useWorkspace(({ editing }) => editing?.instanceId === instance.id && editing.field === field);
  const isAtCursor = useWorkspace(({ focus, cell }) => focus.focusKey === instance.id && cell === columnId);
  const changed = field !== null && draft !== undefined && isChanged(instance, field, draft) ? draft : undefined;
  return (
    <div
      role={columnId === 'name' ? 'rowheader' : 'gridcell'}
      aria-colindex={index + 1}
      data-column={columnId}
      data-changed={changed === undefined ? undefined : ''}
      aria-description={changed === undefined || field === null ? undefined : t('instances.edit.changed', { value: valueText(field, valueOf(instance, field)) })}
      onDoubleClick={() => { if (field !== null) rows.beginEdit(instance, field); }}
      className={classNames(
        'flex min-w-0 items-center overflow-hidden px-1.5',
        isNumeric && 'tabular justify-end text-right',
        changed !== undefined && 'bg-changed',
        isAtCursor && 'outline-2 -outline-offset-2 outline-accent',
      )}
    >
      {isEditing && field !== null
        ? <CellEditor instance={instance} field={field} value={draft?.value ?? valueOf(instance, field)} />
        : <CellContent instance={instance} columnId={columnId} draft={changed} />}
    </div>
  );
}

function isChanged(instance: Instance, field: Parameters<typeof valueOf>[1], draft: CellEdit): boolean {
  return !isSameValue(valueOf(instance, field), draft.value);
}
