import { ChevronDown, ChevronRight, CirclePlay, CircleStop } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { classNames } from '../../../base/classNames.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { useScope, useWorkspace } from '../InstancesScope.tsx';
import type { GroupRow } from './rowPlan.ts';

interface GroupLineProps {
  row: GroupRow;
  rowIndex: number;
  columnCount: number;
  topPx: number;
  onToggle: (key: string) => void;
}

/** A group's heading: folds it, counts it, starts or stops all of it. */
export const GroupLine = memo(function GroupLine({ row, rowIndex, columnCount, topPx, onToggle }: GroupLineProps): ReactNode {
  const { t } = useTranslation();
  const { store, commands } = useScope();
  const isFocused = useWorkspace(({ focus }) => focus.focusKey === row.key);
  const title = row.title ?? t('instances.group.none');
  const members = () => row.memberIds.flatMap((id) => store.getState().byId[id] ?? []);
  const total = row.memberIds.length;
  const Chevron = row.isFolded ? ChevronRight : ChevronDown;
  return (
    <div
      role="row"
      aria-level={1}
      aria-rowindex={rowIndex}
      aria-expanded={!row.isFolded}
      tabIndex={isFocused ? 0 : -1}
      data-key={row.key}
      style={{ transform: `translateY(${topPx}px)` }}
      className={classNames('group/line row-line absolute inset-x-0 top-0 flex border-b border-line', isFocused ? 'bg-selected' : 'bg-bg')}
    >
      <div role="gridcell" aria-colindex={1} aria-colspan={columnCount} className="sticky left-0 flex min-w-0 items-center gap-1.5 px-1.5" onClick={() => { onToggle(row.key); }}>
        <Chevron size={14} aria-hidden className="shrink-0 text-muted" />
        <span className="truncate font-medium">{title}</span>
        <span className="tabular shrink-0 text-xs text-muted">{t('instances.group.running', { running: row.runningCount, total })}</span>
        <span className={classNames('flex items-center gap-0.5', !isFocused && 'opacity-0 group-hover/line:opacity-100 focus-within:opacity-100')} onClick={(event) => { event.stopPropagation(); }}>
          <IconButton size="sm" tabIndex={isFocused ? 0 : -1} label={t('instances.group.startAll', { group: title })} icon={<CirclePlay size={14} />} disabledReason={row.liveCount === total ? t('instances.group.noneToStart') : null} onClick={() => { commands.start(members()); }} />
          <IconButton size="sm" tabIndex={isFocused ? 0 : -1} label={t('instances.group.stopAll', { group: title })} icon={<CircleStop size={14} />} disabledReason={row.liveCount === 0 ? t('instances.group.noneToStop') : null} onClick={() => { commands.stop(members()); }} />
        </span>
      </div>
    </div>
  );
});
