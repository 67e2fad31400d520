import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef, useState, type CSSProperties, type MouseEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ROW_PX, useScale } from '../../../app/zoom.ts';
import { ContextMenu, type MenuEntry } from '../../../ui/Menu.tsx';
import { useScope, useWorkspace } from '../InstancesScope.tsx';
import { GroupLine } from './GroupLine.tsx';
import { InstanceLine } from './InstanceLine.tsx';
import { extendTo, focusOn, toggleSelected } from './rowNavigation.ts';
import type { TableRow } from './rowPlan.ts';
import { TableHeader } from './TableHeader.tsx';
import { columnId } from './tableView.ts';
import type { Columns } from './useColumns.ts';
import { useFocusKeeping } from './useFocusKeeping.ts';
import { useRowCommands } from './useRowCommands.ts';
import { useRowMenu } from './useRowMenu.tsx';
import { useTableKeys } from './useTableKeys.ts';

/** Lines drawn beyond the visible ones, above and below. */
export const OVERSCAN = 6;
const REFERENCE_REM_PX = 12.8;
const ACTIONS_REM = 11;

interface InstanceTableProps {
  rows: readonly TableRow[];
  columns: Columns;
  onToggleGroup: (key: string) => void;
}

/** All instances in groups. Draws what is visible, keeps the focus where it is while the rows change under it. */
export function InstanceTable({ rows, columns, onToggleGroup }: InstanceTableProps): ReactNode {
  const { t } = useTranslation();
  const { store } = useScope();
  const scroller = useRef<HTMLDivElement>(null);
  const rowPx = ROW_PX * useScale();
  const focusKey = useWorkspace(({ focus }) => focus.focusKey);
  const focusIndex = rows.findIndex(({ key }) => key === focusKey);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    overscan: OVERSCAN,
    scrollPaddingStart: rowPx,
    scrollMargin: rowPx,
    rangeExtractor: useCallback((range: Range) => withFocus(defaultRangeExtractor(range), focusIndex), [focusIndex]),
  });
  useFocusKeeping({ scroller, rows, focusIndex, scrollTo: (index) => { virtualizer.scrollToIndex(index, { align: 'auto' }); } });

  const pageSize = (): number => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowPx) - 2);
  const onKeyDown = useTableKeys({ rows, columnIds: columns.shownIds, pageSize, onToggleGroup });
  const press = usePress(rows);
  const menuOf = useRowMenu();
  const [menuItems, setMenuItems] = useState<readonly MenuEntry[]>([]);
  const chooseMenu = (event: MouseEvent): void => {
    const key = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-key]')?.dataset['key'] : undefined;
    const instance = key === undefined ? undefined : store.getState().byId[key];
    if (instance === undefined) event.preventDefault();
    else setMenuItems(menuOf(instance));
  };

  return (
    <ContextMenu items={menuItems}>
      <div
        ref={scroller}
        role="treegrid"
        aria-label={t('instances.table.label')}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.shown.length + 1}
        aria-multiselectable
        tabIndex={focusIndex === -1 ? 0 : -1}
        onKeyDown={onKeyDown}
        style={templateOf(columns)}
        className="relative min-h-0 flex-1 overflow-auto bg-panel"
      >
        <div className="min-w-fit">
          <TableHeader columns={columns} />
          <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }} onContextMenuCapture={chooseMenu}>
            {virtualizer.getVirtualItems().map(({ index, start, key }) => {
              const row = rows[index];
              if (row === undefined) return null;
              const place = { rowIndex: index + 2, topPx: start - rowPx };
              return row.kind === 'group'
                ? <GroupLine key={key} row={row} columnCount={columns.shown.length + 1} onToggle={onToggleGroup} {...place} />
                : <InstanceLine key={key} id={row.key} columnIds={columns.shownIds} onPress={press} {...place} />;
            })}
          </div>
        </div>
      </div>
    </ContextMenu>
  );
}

/** The focused line stays drawn wherever the table is scrolled to, so that the keyboard keeps its place. */
function withFocus(indexes: number[], focusIndex: number): number[] {
  if (focusIndex === -1 || indexes.includes(focusIndex)) return indexes;
  return [...indexes, focusIndex].toSorted((left, right) => left - right);
}

/** Widths as one custom property on the table: a resize draws the header again and no line. */
function templateOf({ shown }: Columns): CSSProperties {
  const widths = shown.map(({ widthPx }) => `${widthPx / REFERENCE_REM_PX}rem`);
  return { '--columns': `${widths.join(' ')} minmax(0, 1fr) ${ACTIONS_REM}rem` } as CSSProperties;
}

/** The same function whatever the rows are, so that a change of one line draws no other. */
function usePress(rows: readonly TableRow[]): (key: string, event: MouseEvent) => void {
  const { workspace } = useScope();
  const { setFocus } = useRowCommands();
  const latest = useRef(rows);
  useEffect(() => { latest.current = rows; });
  return useCallback((key: string, event: MouseEvent) => {
    const { current: lines } = latest;
    const { focus } = workspace.state.getState();
    const row = lines.find((each) => each.key === key);
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-column]')?.dataset['column'] : undefined;
    if (row === undefined) return;
    if (event.button === 2 && focus.selected.has(key)) setFocus({ ...focus, focusKey: key });
    else if (event.shiftKey) setFocus(extendTo(lines, focus, key));
    else if (event.ctrlKey || event.metaKey) setFocus(toggleSelected(focus, key));
    else setFocus(focusOn(row), columnId.safeParse(cell).data ?? null);
  }, [workspace, setFocus]);
}
