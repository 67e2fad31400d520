import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState, type CSSProperties, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { classNames } from '../../base/classNames.ts';
import { ContextMenu, type MenuEntry } from '../Menu.tsx';
import { moveFocus, toGridLines, type GridGroup, type GridLine, type GridSort, type SortValue } from './gridRows.ts';

export interface GridColumn<R> {
  id: string;
  title: string;
  /** The title is read but not shown, as over buttons. */
  isTitleHidden?: boolean;
  /** In rem; the first column takes what is left when it has none. */
  widthRem?: number;
  isNumeric?: boolean;
  /** Without it the column cannot be sorted. */
  sortBy?: (row: R) => SortValue;
  /** The whole text, for the tooltip. */
  toTitle?: (row: R) => string | undefined;
  render: (row: R) => ReactNode;
}

export interface GridTableProps<R> {
  /** Read aloud. */
  label: string;
  columns: readonly GridColumn<R>[];
  groups: readonly GridGroup<R>[];
  keyOf: (row: R) => string;
  rowPx: number;
  chosenKey: string | null;
  onChoose: (row: R) => void;
  /** Enter and a double click. */
  onOpen?: (row: R) => void;
  /** A key on a row; true when it was taken. */
  onRowKey?: (row: R, event: KeyboardEvent) => boolean;
  menuOf?: (row: R) => readonly MenuEntry[];
  sort?: GridSort | null;
  onSort?: (sort: GridSort | null) => void;
  folded?: readonly string[];
  onToggleGroup?: (key: string) => void;
}

/** A compact table in groups: sticky header, sorting, folding, arrows, a context menu; draws only what is visible. */
export function GridTable<R>(props: GridTableProps<R>): ReactNode {
  const { label, columns, groups, keyOf, rowPx, chosenKey, sort = null, folded = [] } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [focusKey, setFocusKey] = useState<string | null>(null);
  const [menu, setMenu] = useState<readonly MenuEntry[]>([]);
  const sortBy = columns.find(({ id }) => id === sort?.columnId)?.sortBy ?? null;
  const lines = toGridLines({ groups, folded, keyOf, sortBy, isDescending: sort?.isDescending ?? false });
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => rowPx, getItemKey: (index) => lines[index]?.key ?? index, overscan: 8, scrollMargin: rowPx, scrollPaddingStart: rowPx });
  const chosenIndex = chosenKey === null ? -1 : lines.findIndex(({ key }) => key === chosenKey);
  const showChosen = useEffectEvent(() => { if (chosenIndex >= 0) virtual.scrollToIndex(chosenIndex, { align: 'auto' }); });
  useEffect(() => { showChosen(); }, [chosenKey]);
  const focused = lines.find(({ key }) => key === focusKey) ?? lines.find(({ key }) => key === chosenKey) ?? lines[0];
  const onKeyDown = useGridKeys({ props, lines, focused, rowPx, scroller, scrollTo: (index) => { virtual.scrollToIndex(index, { align: 'auto' }); }, setFocusKey });
  const chooseMenu = (event: MouseEvent): void => {
    const key = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-key]')?.dataset['key'] : undefined;
    const line = lines.find((each) => each.key === key);
    if (line?.kind === 'row' && props.menuOf !== undefined) setMenu(props.menuOf(line.row));
    else event.preventDefault();
  };
  return (
    <ContextMenu items={menu}>
      <div ref={scroller} role="treegrid" aria-label={label} aria-rowcount={lines.length + 1} aria-colcount={columns.length} style={toTemplate(columns)} onKeyDown={onKeyDown} className="relative h-full min-h-0 overflow-auto bg-panel">
        <div className="min-w-fit">
          <Header columns={columns} sort={sort} onSort={props.onSort} />
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }} onContextMenuCapture={chooseMenu}>
            {virtual.getVirtualItems().map(({ index, start, key }) => {
              const line = lines[index];
              if (line === undefined) return null;
              const place = { rowIndex: index + 2, topPx: start - rowPx, isTabStop: line === focused, onFocus: () => { setFocusKey(line.key); } };
              return line.kind === 'group'
                ? <GroupHeading key={key} line={line} columnCount={columns.length} onToggle={() => { props.onToggleGroup?.(line.key.slice('group:'.length)); }} {...place} />
                : <Row key={key} line={line} columns={columns} isChosen={line.key === chosenKey} onChoose={props.onChoose} onOpen={props.onOpen} {...place} />;
            })}
          </div>
        </div>
      </div>
    </ContextMenu>
  );
}

function toTemplate<R>(columns: readonly GridColumn<R>[]): CSSProperties {
  return { '--columns': columns.map(({ widthRem }) => (widthRem === undefined ? 'minmax(16rem, 1fr)' : `${widthRem}rem`)).join(' ') } as CSSProperties;
}

interface Keys<R> { props: GridTableProps<R>; lines: readonly GridLine<R>[]; focused: GridLine<R> | undefined; rowPx: number; scroller: { current: HTMLDivElement | null }; scrollTo: (index: number) => void; setFocusKey: (key: string) => void }

function useGridKeys<R>({ props, lines, focused, rowPx, scroller, scrollTo, setFocusKey }: Keys<R>): (event: KeyboardEvent) => void {
  const go = (index: number): void => {
    const line = lines[index];
    if (line === undefined) return;
    scrollTo(index);
    setFocusKey(line.key);
    if (line.kind === 'row') props.onChoose(line.row);
    requestAnimationFrame(() => { scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(line.key)}"]`)?.focus(); });
  };
  return (event) => {
    if (focused === undefined || !(event.target instanceof HTMLElement) || event.target.dataset['key'] === undefined) return;
    const pageSize = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowPx) - 2);
    const target = moveFocus(event.key, lines.indexOf(focused), lines.length, pageSize);
    if (target !== null) go(target);
    else if (!pressLine(props, focused, event)) return;
    event.preventDefault();
  };
}

/** What a key does on the line itself; false when it means nothing here. */
function pressLine<R>(props: GridTableProps<R>, line: GridLine<R>, event: KeyboardEvent): boolean {
  if (line.kind === 'row') return pressRow(props, line.row, event);
  const isFolding = [' ', 'Enter', line.isFolded ? 'ArrowRight' : 'ArrowLeft'].includes(event.key);
  if (isFolding) props.onToggleGroup?.(line.key.slice('group:'.length));
  return isFolding;
}

function pressRow<R>({ onOpen, onRowKey }: GridTableProps<R>, row: R, event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' || onOpen === undefined) return onRowKey?.(row, event) ?? false;
  onOpen(row);
  return true;
}

function Header<R>({ columns, sort, onSort }: { columns: readonly GridColumn<R>[]; sort: GridSort | null; onSort: GridTableProps<R>['onSort'] }): ReactNode {
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      <div role="row" aria-rowindex={1} className="row-line grid grid-cols-(--columns) border-b border-line bg-panel text-xs text-muted">
        {columns.map((column, index) => <HeaderCell key={column.id} column={column} index={index} sort={sort?.columnId === column.id ? sort : null} onPress={onSort === undefined ? undefined : () => { onSort(toNextSort(sort, column.id)); }} />)}
      </div>
    </div>
  );
}

interface HeaderCellProps<R> { column: GridColumn<R>; index: number; sort: GridSort | null; onPress: (() => void) | undefined }

function HeaderCell<R>({ column: { title, isTitleHidden = false, isNumeric = false, sortBy }, index, sort, onPress }: HeaderCellProps<R>): ReactNode {
  const look = classNames('flex h-full w-full min-w-0 items-center gap-1 px-2', isNumeric && 'flex-row-reverse', index === 0 && 'pl-3');
  const words = <HeaderWords title={title} isHidden={isTitleHidden} sort={sort} />;
  return (
    <div role="columnheader" aria-colindex={index + 1} aria-sort={toAriaSort(sort)} className="min-w-0">
      {sortBy === undefined || onPress === undefined ? <span className={look}>{words}</span> : <button type="button" onClick={onPress} className={classNames(look, 'hover:text-text')}>{words}</button>}
    </div>
  );
}

function HeaderWords({ title, isHidden, sort }: { title: string; isHidden: boolean; sort: GridSort | null }): ReactNode {
  if (isHidden) return <span className="sr-only">{title}</span>;
  const Arrow = sort?.isDescending === true ? ArrowDown : ArrowUp;
  return <><span className={classNames('truncate', sort !== null && 'font-medium text-text')}>{title}</span>{sort === null ? null : <Arrow size={12} aria-hidden className="shrink-0" />}</>;
}

function toAriaSort(sort: GridSort | null): 'none' | 'ascending' | 'descending' {
  if (sort === null) return 'none';
  return sort.isDescending ? 'descending' : 'ascending';
}

function toNextSort(sort: GridSort | null, columnId: string): GridSort | null {
  if (sort?.columnId !== columnId) return { columnId, isDescending: false };
  return sort.isDescending ? null : { columnId, isDescending: true };
}

interface Place { rowIndex: number; topPx: number; isTabStop: boolean; onFocus: () => void }

function GroupHeading<R>({ line, columnCount, rowIndex, topPx, isTabStop, onFocus, onToggle }: Place & { line: Extract<GridLine<R>, { kind: 'group' }>; columnCount: number; onToggle: () => void }): ReactNode {
  const Chevron = line.isFolded ? ChevronRight : ChevronDown;
  return (
    <div role="row" aria-level={1} aria-rowindex={rowIndex} aria-expanded={!line.isFolded} tabIndex={isTabStop ? 0 : -1} data-key={line.key} onFocus={onFocus} onClick={onToggle} style={{ transform: `translateY(${topPx}px)` }} className="row-line absolute inset-x-0 top-0 flex border-b border-line bg-bg focus-visible:bg-selected">
      <div role="gridcell" aria-colindex={1} aria-colspan={columnCount} className="sticky left-0 flex min-w-0 items-center gap-1.5 px-1.5">
        <Chevron size={14} aria-hidden className="shrink-0 text-muted" />
        <span className="truncate font-medium">{line.title}</span>
        <span className="tabular shrink-0 text-xs text-muted">{line.note ?? line.count}</span>
      </div>
    </div>
  );
}

interface RowProps<R> extends Place { line: Extract<GridLine<R>, { kind: 'row' }>; columns: readonly GridColumn<R>[]; isChosen: boolean; onChoose: (row: R) => void; onOpen: ((row: R) => void) | undefined }

function Row<R>({ line: { key, row }, columns, isChosen, rowIndex, topPx, isTabStop, onFocus, onChoose, onOpen }: RowProps<R>): ReactNode {
  return (
    <div role="row" aria-level={2} aria-rowindex={rowIndex} aria-selected={isChosen} tabIndex={isTabStop ? 0 : -1} data-key={key} onFocus={onFocus} onClick={() => { onChoose(row); }} onDoubleClick={() => { onOpen?.(row); }} style={{ transform: `translateY(${topPx}px)` }} className={classNames('group/line row-line absolute inset-x-0 top-0 grid grid-cols-(--columns) items-stretch border-b border-line', isChosen ? 'bg-selected' : 'bg-panel hover:bg-hover')}>
      {columns.map(({ id, isNumeric = false, toTitle, render }, index) => (
        <div key={id} role={index === 0 ? 'rowheader' : 'gridcell'} aria-colindex={index + 1} data-column={id} title={toTitle?.(row)} className={classNames('flex min-w-0 items-center gap-1.5 overflow-hidden px-2 whitespace-nowrap', isNumeric && 'tabular justify-end text-right', index === 0 && 'pl-3')}>
          {render(row)}
        </div>
      ))}
    </div>
  );
}
