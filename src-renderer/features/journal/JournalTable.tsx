import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowRight } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { JournalEntry } from '#contract/journal.ts';
import { useApp } from '../../app/appContext.tsx';
import { ROW_PX, useScale } from '../../app/zoom.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { showInstance } from '../palette/showInstance.ts';
import { toEntryWords } from './entryWords.ts';
import type { EntryWords } from './entryWords.ts';

const columns = ['time', 'event', 'subject', 'change', 'cause', 'details'] as const;
const grid = 'grid grid-cols-[7.5rem_11rem_12rem_17rem_13rem_minmax(10rem,1fr)] items-center';
const cell = 'min-w-0 truncate px-2';

/** The entries, newest first; only what is visible is drawn. */
export function JournalTable({ entries, footer }: { entries: readonly JournalEntry[]; footer: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const scale = useScale();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: entries.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX * scale, getItemKey: (index) => entries[index]?.id ?? index, overscan: 12 });
  useEffect(() => { rows.measure(); }, [rows, scale]);
  return (
    <div ref={scroller} tabIndex={0} role="region" aria-label={t('journal.table')} className="min-h-0 flex-1 overflow-auto">
      <div role="table" aria-label={t('journal.table')} aria-rowcount={entries.length + 1} className="min-w-fit">
        <div role="rowgroup" className="sticky top-0 z-10">
          <div role="row" aria-rowindex={1} className={`${grid} row-line border-b border-line bg-panel px-2 text-xs text-muted`}>
            {columns.map((column) => <span key={column} role="columnheader" className={cell}>{t(`journal.column.${column}`)}</span>)}
          </div>
        </div>
        <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, key, start }) => {
            const entry = entries[index];
            return entry ? <JournalRow key={key} entry={entry} rowIndex={index + 2} top={start} /> : null;
          })}
        </div>
      </div>
      {footer}
    </div>
  );
}

function JournalRow({ entry, rowIndex, top }: { entry: JournalEntry; rowIndex: number; top: number }): ReactNode {
  const { t } = useTranslation();
  const words = toEntryWords(entry, t);
  return (
    <div role="row" aria-rowindex={rowIndex} className={`${grid} row-line absolute inset-x-0 border-b border-line px-2 hover:bg-hover`} style={{ transform: `translateY(${top}px)` }}>
      <span role="cell" className={`${cell} text-muted`}><RelativeTime atMs={entry.atMs} /></span>
      <span role="cell" className={cell} title={entry.event}>{words.event}</span>
      <span role="cell" className={cell}><Subject entry={entry} name={words.subject} /></span>
      <span role="cell" className={cell}><Change words={words} /></span>
      <span role="cell" className={`${cell} ${entry.to === 'error' || entry.to === 'backoff' ? 'text-error' : ''}`} title={words.cause ?? undefined}>{words.cause ?? ''}</span>
      <span role="cell" className={`${cell} text-xs text-muted`} title={words.details}>{words.details}</span>
    </div>
  );
}

function Subject({ entry, name }: { entry: JournalEntry; name: string }): ReactNode {
  const { t } = useTranslation();
  const app = useApp();
  const { subjectId } = entry;
  if (entry.subjectKind !== 'instance' || subjectId === null) return <span title={name}>{name}</span>;
  const open = (): void => { showInstance(app, subjectId); };
  return <button type="button" title={t('journal.openSubject', { name })} onClick={open} className="max-w-full truncate rounded-sm text-left text-accent hover:underline">{name}</button>;
}

function Change({ words: { from, to } }: { words: EntryWords }): ReactNode {
  if (to === null) return from === null ? '' : <span title={from}>{from}</span>;
  if (from === null) return <span title={to}>{to}</span>;
  return (
    <span title={`${from} → ${to}`} className="flex items-center gap-1.5">
      <span className="truncate text-muted">{from}</span>
      <ArrowRight size={12} aria-hidden className="shrink-0 text-muted" />
      <span className="truncate">{to}</span>
    </span>
  );
}
