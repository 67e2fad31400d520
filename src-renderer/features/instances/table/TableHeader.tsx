import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, EyeOff, MoveHorizontal } from 'lucide-react';
import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useScale } from '../../../app/zoom.ts';
import { classNames } from '../../../base/classNames.ts';
import { ContextMenu, type MenuEntry } from '../../../ui/Menu.tsx';
import { columnFacts } from './columns.ts';
import { columnIds } from './tableView.ts';
import type { Columns, ShownColumn } from './useColumns.ts';

const KEY_STEP_PX = 16;

/** The sticky line of headings: sort by a click, choose by the context menu, resize by the edge. */
export function TableHeader({ columns }: { columns: Columns }): ReactNode {
  const { t } = useTranslation();
  const choices: MenuEntry[] = useColumnChoices(columns);
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      <div role="row" aria-rowindex={1} className="row-line relative grid grid-cols-(--columns) border-b border-line bg-panel">
        {columns.shown.map((column, index) => <HeaderCell key={column.id} column={column} index={index} columns={columns} choices={choices} />)}
        <div role="columnheader" aria-colindex={columns.shown.length + 1} className="sticky right-0 -col-end-1 flex items-center border-l border-line bg-panel"><span className="sr-only">{t('instances.column.actions')}</span></div>
      </div>
    </div>
  );
}

/** One entry per column with its tick, and the way back to the default. */
export function useColumnChoices(columns: Columns): MenuEntry[] {
  const { t } = useTranslation();
  const shown = new Set(columns.shownIds);
  return [
    { heading: t('instances.columnsMenu') },
    ...columnIds.filter((id) => id !== 'name').map((id) => ({
      id: `column.${id}`, label: t(`instances.column.${id}`), isChecked: shown.has(id), onSelect: () => { columns.setShown(id, !shown.has(id)); },
    })),
    'separator',
    { id: 'column.reset', label: t('instances.resetColumns'), onSelect: () => { columns.reset(); } },
  ];
}

interface HeaderCellProps { column: ShownColumn; index: number; columns: Columns; choices: readonly MenuEntry[] }

function HeaderCell({ column, index, columns, choices }: HeaderCellProps): ReactNode {
  const { t } = useTranslation();
  const { id, sort } = column;
  const title = t(`instances.column.${id}`);
  const items: MenuEntry[] = [
    { id: 'up', label: t('instances.column.sortAscending'), icon: <ArrowUp size={14} />, onSelect: () => { columns.sortBy(id, false); } },
    { id: 'down', label: t('instances.column.sortDescending'), icon: <ArrowDown size={14} />, onSelect: () => { columns.sortBy(id, true); } },
    'separator',
    ...(id === 'name' ? [] : [
      { id: 'left', label: t('instances.column.moveLeft'), icon: <ArrowLeft size={14} />, onSelect: () => { columns.move(id, -1); } },
      { id: 'right', label: t('instances.column.moveRight'), icon: <ArrowRight size={14} />, onSelect: () => { columns.move(id, 1); } },
      { id: 'hide', label: t('instances.column.hide'), icon: <EyeOff size={14} />, onSelect: () => { columns.setShown(id, false); } },
    ]),
    { id: 'width', label: t('instances.column.autoWidth'), icon: <MoveHorizontal size={14} />, onSelect: () => { columns.resetWidth(id); } },
    'separator',
    ...choices,
  ];
  const Arrow = sort === 'descending' ? ArrowDown : ArrowUp;
  return (
    <div role="columnheader" aria-colindex={index + 1} aria-sort={sort} data-column={id} className="relative flex min-w-0 items-stretch">
      <ContextMenu items={items}>
        <button type="button" title={title} onClick={() => { columns.toggleSort(id); }} className={classNames('flex min-w-0 flex-1 items-center gap-1 px-1.5 text-xs text-muted hover:text-text', columnFacts[id].isNumeric && 'flex-row-reverse', id === 'name' && 'pl-3')}>
          <span className={classNames('truncate', sort !== 'none' && 'font-medium text-text')}>{title}</span>
          {sort === 'none' ? null : <Arrow size={12} aria-hidden className="shrink-0" />}
        </button>
      </ContextMenu>
      <ResizeHandle column={column} title={title} columns={columns} />
    </div>
  );
}

function ResizeHandle({ column, title, columns }: { column: ShownColumn; title: string; columns: Columns }): ReactNode {
  const { t } = useTranslation();
  const scale = useScale();
  const drag = useRef<{ fromPx: number; widthPx: number } | null>(null);
  const { id, widthPx } = column;
  const onPointerDown = (event: PointerEvent): void => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { fromPx: event.clientX, widthPx };
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (drag.current !== null) columns.resize(id, drag.current.widthPx + (event.clientX - drag.current.fromPx) / scale);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? KEY_STEP_PX : event.key === 'ArrowLeft' ? -KEY_STEP_PX : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    columns.resize(id, widthPx + step);
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t('instances.column.resize', { column: title })}
      aria-valuenow={widthPx}
      aria-valuemin={columnFacts[id].minSize}
      aria-valuemax={1_200}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => { drag.current = null; }}
      onDoubleClick={() => { columns.resetWidth(id); }}
      onKeyDown={onKeyDown}
      className="absolute inset-y-1 -right-1 z-10 w-2 cursor-col-resize touch-none after:absolute after:inset-y-0 after:left-1/2 after:w-px after:bg-line hover:after:bg-accent focus-visible:after:bg-accent"
    />
  );
}
