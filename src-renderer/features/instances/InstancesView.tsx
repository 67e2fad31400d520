import { Ellipsis, Plus } from 'lucide-react';
import { useCallback, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useView } from '../../app/views.ts';
import { AreaHeader } from '../../ui/AreaHeader.tsx';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterField } from '../../ui/FilterField.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { DropdownMenu, type MenuEntry } from '../../ui/Menu.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { EditBar } from './edit/EditBar.tsx';
import { FirstInstance } from './FirstInstance.tsx';
import { useInstances, useScope, useWorkspace } from './InstancesScope.tsx';
import { isLive } from './statusView.ts';
import { InstanceTable } from './table/InstanceTable.tsx';
import { groupKeyOf, groupTitleOf, type TableRow } from './table/rowPlan.ts';
import { useColumnChoices } from './table/TableHeader.tsx';
import { defaultTableView, tableView, type TableView } from './table/tableView.ts';
import { useColumns, type Columns } from './table/useColumns.ts';
import { useRowPlan } from './table/useRowPlan.ts';

/** The table with its toolbar and the bar of edits below it. */
export function InstancesView({ switcher }: { switcher: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const { workspace } = useScope();
  const [view, setView] = useTableView();
  const filter = useWorkspace((state) => state.filter);
  const columns = useColumns(view, setView);
  const rows = useRowPlan(view, filter);
  const toggleGroup = useToggleGroup(setView);
  const setFilter = (text: string): void => { workspace.state.setState({ filter: text }); };
  const create = (): void => { workspace.state.setState({ dialog: { kind: 'create', blueprintId: null } }); };
  return (
    <>
      <AreaHeader title={t('instances.title')} isTitleHidden actions={(
        <>
          <SelectedCount />
          <Button variant="primary" icon={<Plus size={14} />} shortcut="N" onClick={create}>{t('instances.new')}</Button>
          <ViewMenu view={view} setView={setView} columns={columns} />
        </>
      )}>
        {switcher}
        <FilterField label={t('instances.filter.label')} value={filter} onChange={setFilter} onLeave={focusTable} />
      </AreaHeader>
      <Content rows={rows} columns={columns} filter={filter} onClearFilter={() => { setFilter(''); }} onToggleGroup={toggleGroup} />
      <EditBar />
    </>
  );
}

function focusTable(): void {
  const line = document.querySelector<HTMLElement>('[role="treegrid"] [data-key][tabindex="0"]') ?? document.querySelector<HTMLElement>('[role="treegrid"]');
  line?.focus();
}

interface ContentProps { rows: readonly TableRow[]; columns: Columns; filter: string; onClearFilter: () => void; onToggleGroup: (key: string) => void }

function Content({ rows, columns, filter, onClearFilter, onToggleGroup }: ContentProps): ReactNode {
  const { t } = useTranslation();
  const isWaiting = useInstances(({ phase }) => phase === 'waiting');
  const isEmpty = useInstances(({ byId }) => Object.keys(byId).length === 0);
  if (isWaiting) return <Waiting label={t('instances.empty.waiting')} />;
  if (isEmpty) return <FirstInstance />;
  if (rows.length === 0) {
    return <EmptyState title={t('instances.filter.none', { filter })} actions={<Button onClick={onClearFilter}>{t('instances.filter.clear')}</Button>} />;
  }
  return <InstanceTable rows={rows} columns={columns} onToggleGroup={onToggleGroup} />;
}

function SelectedCount(): ReactNode {
  const { t } = useTranslation();
  const count = useWorkspace(({ focus }) => focus.selected.size);
  return count > 1 ? <span role="status" className="tabular mr-2 text-xs text-muted">{t('instances.selectedCount', { count })}</span> : null;
}

type SetView = (change: (view: TableView) => TableView) => void;

/** The remembered view; a change is made from what stands, so that two in one moment both count. */
function useTableView(): [TableView, SetView] {
  const [view, remember] = useView('instances.table', tableView, defaultTableView);
  const latest = useRef(view);
  const setView = useCallback((change: (view: TableView) => TableView) => {
    latest.current = change(latest.current);
    remember(latest.current);
  }, [remember]);
  return [view, setView];
}

function useToggleGroup(setView: SetView): (key: string) => void {
  const { workspace } = useScope();
  return useCallback((key: string) => {
    workspace.state.setState({ focus: { focusKey: key, anchorKey: key, selected: new Set() }, cell: null });
    setView((old) => ({ ...old, folded: old.folded.includes(key) ? old.folded.filter((each) => each !== key) : [...old.folded, key] }));
  }, [workspace, setView]);
}

function ViewMenu({ view, setView, columns }: { view: TableView; setView: SetView; columns: Columns }): ReactNode {
  const { t } = useTranslation();
  const { store, commands } = useScope();
  const choices = useColumnChoices(columns);
  const items = (): MenuEntry[] => {
    const instances = Object.values(store.getState().byId);
    const keys = [...new Set(instances.map((instance) => groupKeyOf(groupTitleOf(instance))))];
    return [
      { id: 'fold', label: t('instances.foldAll'), disabledReason: keys.every((key) => view.folded.includes(key)) ? ' ' : null, onSelect: () => { setView((old) => ({ ...old, folded: keys })); } },
      { id: 'unfold', label: t('instances.unfoldAll'), disabledReason: view.folded.length === 0 ? ' ' : null, onSelect: () => { setView((old) => ({ ...old, folded: [] })); } },
      { id: 'stopAll', label: t('instances.stopAll'), disabledReason: instances.some(({ status }) => isLive(status)) ? null : t('instances.group.noneToStop'), onSelect: () => { commands.stop(instances); } },
      'separator',
      ...choices,
    ];
  };
  return <DropdownMenu items={items} trigger={<IconButton label={t('instances.more')} icon={<Ellipsis size={16} />} />} />;
}
