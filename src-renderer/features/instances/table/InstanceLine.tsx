import { memo, type MouseEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '#contract/instances.ts';
import { classNames } from '../../../base/classNames.ts';
import { isSameValue, valueOf, type EditField } from '../edit/editModel.ts';
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
      {columnIds.map((columnId, index) => <Cell key={columnId} instance={instance} columnId={columnId} index={index} columnIds={columnIds} />)}
      <div role="gridcell" aria-colindex={columnIds.length + 1} className="sticky right-0 -col-end-1 flex items-center justify-end border-l border-line bg-inherit px-1.5">
        <RowActions instance={instance} isReachable={isFocused} />
      </div>
    </div>
  );
});

interface CellProps { instance: Instance; columnId: ColumnId; index: number; columnIds: readonly ColumnId[] }

function Cell(props: CellProps): ReactNode {
  const { field } = columnFacts[props.columnId];
  return field === null ? <PlainCell {...props} /> : <EditableCell {...props} field={field} />;
}

function PlainCell({ instance, columnId, index }: CellProps): ReactNode {
  const isAtCursor = useIsAtCursor(instance.id, columnId);
  return (
    <div role="gridcell" aria-colindex={index + 1} data-column={columnId} className={lookOf(columnId, isAtCursor)}>
      <CellContent instance={instance} columnId={columnId} draft={undefined} />
    </div>
  );
}

function EditableCell({ instance, columnId, index, columnIds, field }: CellProps & { field: EditField }): ReactNode {
  const { t } = useTranslation();
  const rows = useRowCommands();
  const valueText = useValueText();
  const draft = useEdits(({ drafts }) => drafts[instance.id]?.[field]);
  const isEditing = useWorkspace(({ editing }) => editing?.instanceId === instance.id && editing.field === field);
  const isAtCursor = useIsAtCursor(instance.id, columnId);
  const current = valueOf(instance, field);
  const changed = draft === undefined || isSameValue(current, draft.value) ? undefined : draft;
  return (
    <div
      role={columnId === 'name' ? 'rowheader' : 'gridcell'}
      aria-colindex={index + 1}
      data-column={columnId}
      data-changed={changed === undefined ? undefined : ''}
      aria-description={changed === undefined ? undefined : t('instances.edit.changed', { value: valueText(field, current) })}
      onDoubleClick={() => { rows.beginEdit(instance, field); }}
      className={classNames(lookOf(columnId, isAtCursor), changed !== undefined && 'bg-changed')}
    >
      {isEditing
        ? <CellEditor instance={instance} field={field} value={draft === undefined ? current : draft.value} fieldOrder={columnIds.flatMap((id) => columnFacts[id].field ?? [])} />
        : <CellContent instance={instance} columnId={columnId} draft={changed} />}
    </div>
  );
}

function useIsAtCursor(instanceId: string, columnId: ColumnId): boolean {
  return useWorkspace(({ focus, cell }) => focus.focusKey === instanceId && cell === columnId);
}

function lookOf(columnId: ColumnId, isAtCursor: boolean): string {
  return classNames(
    'flex min-w-0 items-center overflow-hidden px-1.5',
    columnFacts[columnId].isNumeric && 'tabular justify-end text-right',
    isAtCursor && 'outline-2 -outline-offset-2 outline-accent',
  );
}
