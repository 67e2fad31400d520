import { ChevronDown, ChevronRight } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useStore } from 'zustand';
import type { Blueprint } from '#contract/blueprints.ts';
import { useApp } from '../../app/appContext.tsx';
import { useView } from '../../app/views.ts';
import { classNames } from '../../base/classNames.ts';
import { Button } from '../../ui/Button.tsx';
import { countProblems, listUsers } from './blueprintGroups.ts';
import type { BlueprintGroup } from './blueprintGroups.ts';
import { editBlueprint, showBlueprint } from './blueprintPlace.ts';

const groupName = z.enum(['custom', 'stock', 'unparsed']);
const wide = ['name', 'category', 'kind', 'version', 'problems', 'usedBy'] as const;
const narrow = ['name', 'category', 'problems'] as const;
type Column = (typeof wide)[number];
const isNumber = (column: Column): boolean => column === 'problems';

export interface BlueprintTableProps {
  groups: readonly BlueprintGroup[];
  chosenId: string | null;
  /** Only a few columns: the detail stands beside it. */
  isNarrow: boolean;
  onClear: () => void;
}

/** The blueprints by group. Arrows go from row to row, Enter edits. */
export function BlueprintTable({ groups, chosenId, isNarrow, onClear }: BlueprintTableProps): ReactNode {
  const { t } = useTranslation();
  const [folded, setFolded] = useView('blueprints.folded', z.array(groupName), []);
  const columns = isNarrow ? narrow : wide;
  const visible = groups.flatMap(({ group, blueprints }) => (folded.includes(group) ? [] : blueprints));
  const firstId = visible.some(({ id }) => id === chosenId) ? chosenId : visible[0]?.id ?? null;
  const toggle = (group: Blueprint['group']): void => { setFolded(folded.includes(group) ? folded.filter((each) => each !== group) : [...folded, group]); };
  if (groups.length === 0) {
    return <div className="flex items-center gap-3 p-4 text-muted"><span>{t('blueprints.none')}</span><Button size="sm" onClick={onClear}>{t('app.clearFilter')}</Button></div>;
  }
  return (
    <div className="h-full overflow-auto bg-panel">
      <table aria-label={t('blueprints.title')} className="w-full table-fixed border-collapse text-left" onKeyDown={moveByArrows}>
        <thead className="sticky top-0 z-10 bg-panel">
          <tr className="row-line text-xs text-muted">
            {columns.map((column) => <th key={column} scope="col" className={classNames('border-b border-line px-3 font-normal', widths[column], isNumber(column) && 'text-right')}>{t(`blueprints.column.${column}`)}</th>)}
          </tr>
        </thead>
        {groups.map(({ group, blueprints }) => (
          <tbody key={group}>
            <tr className="row-line border-b border-line bg-bg">
              <th scope="colgroup" colSpan={columns.length} className="px-1 font-normal">
                <button type="button" aria-expanded={!folded.includes(group)} onClick={() => { toggle(group); }} className="flex h-full w-full items-center gap-1.5 rounded-sm px-1 text-left font-medium">
                  {folded.includes(group) ? <ChevronRight size={14} aria-hidden /> : <ChevronDown size={14} aria-hidden />}
                  {t(`blueprints.group.${group}`)}
                  <span className="tabular font-normal text-muted">{blueprints.length}</span>
                  {group === 'unparsed' && !isNarrow ? <span className="truncate pl-2 font-normal text-muted">{t('blueprints.unparsedNote')}</span> : null}
                </button>
              </th>
            </tr>
            {folded.includes(group) ? null : blueprints.map((blueprint) => <Row key={blueprint.id} blueprint={blueprint} columns={columns} isChosen={blueprint.id === chosenId} isTabStop={blueprint.id === firstId} />)}
          </tbody>
        ))}
      </table>
    </div>
  );
}

const widths: Record<Column, string> = { name: 'w-auto', category: 'w-36', kind: 'w-28', version: 'w-28', problems: 'w-24', usedBy: 'w-48' };

function Row({ blueprint, columns, isChosen, isTabStop }: { blueprint: Blueprint; columns: readonly Column[]; isChosen: boolean; isTabStop: boolean }): ReactNode {
  const { stores } = useApp();
  const instances = useStore(stores.instances, ({ byId }) => byId);
  const users = listUsers(blueprint.id, Object.values(instances));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === ' ') showBlueprint(blueprint.id);
    else if (event.key === 'Enter' || event.key === 'e') editBlueprint(blueprint.id);
    else return;
    event.preventDefault();
  };
  const texts: Record<Exclude<Column, 'problems'>, string> = {
    name: blueprint.header.name, category: blueprint.header.category ?? '', kind: blueprint.headerVersion === null ? '' : blueprint.header.kind, version: blueprint.header.version ?? '', usedBy: users.join(', '),
  };
  return (
    <tr tabIndex={isTabStop ? 0 : -1} data-row="" aria-current={isChosen || undefined} onClick={() => { showBlueprint(blueprint.id); }} onKeyDown={onKeyDown} className={classNames('row-line border-b border-line', isChosen ? 'bg-selected' : 'hover:bg-hover')}>
      {columns.map((column) => {
        if (column === 'problems') return <td key={column} className="tabular px-3 text-right"><Problems blueprint={blueprint} /></td>;
        if (column === 'name') return <th key={column} scope="row" title={blueprint.path} className="truncate px-3 font-normal">{texts.name}</th>;
        return <td key={column} title={texts[column]} className="truncate px-3 text-muted">{texts[column] || '–'}</td>;
      })}
    </tr>
  );
}

function Problems({ blueprint }: { blueprint: Blueprint }): ReactNode {
  const { t } = useTranslation();
  const { errors, warnings } = countProblems(blueprint.problems);
  if (errors + warnings === 0) return <span className="text-muted">–</span>;
  const words = [errors > 0 ? t('blueprints.errors', { count: errors }) : null, warnings > 0 ? t('blueprints.warnings', { count: warnings }) : null].filter(Boolean).join(', ');
  return <span title={words} aria-label={words} className={errors > 0 ? 'text-error' : 'text-stalled'}>{errors + warnings}</span>;
}

/** Arrows, Home and End bring the focus and the choice to another row. */
function moveByArrows(event: KeyboardEvent<HTMLTableElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row === document.activeElement);
  const targets: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
  const target = rows[targets[event.key] ?? -1];
  if (at < 0 || target === undefined) return;
  event.preventDefault();
  target.focus();
  target.click();
}
