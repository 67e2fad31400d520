import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ROW_PX, useScale } from '../../app/zoom.ts';
import { formatNumber } from '../../base/format.ts';
import { MarkedText } from './MarkedText.tsx';
import type { LogMatch, LogMatches } from './useLogSearch.ts';

export interface LogMatchListProps {
  found: LogMatches;
  marked: string;
  onChoose: (match: LogMatch, at: number) => void;
}

/** The lines of the whole log that hold what is searched. */
export function LogMatchList({ found, marked, onChoose }: LogMatchListProps): ReactNode {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const rowPx = ROW_PX * useScale();
  const { matches, isSearching, isTruncated } = found;
  const virtual = useVirtualizer({ count: matches.length, getScrollElement: () => box.current, estimateSize: () => rowPx, overscan: 10 });
  const summary = isSearching ? t('runs.log.searching') : t('runs.log.matches', { count: matches.length, shown: formatNumber(matches.length) });
  return (
    <section aria-label={t('runs.log.results')} className="flex w-96 max-w-1/2 shrink-0 flex-col border-l border-line bg-panel">
      <p className="row-line flex items-center gap-2 border-b border-line px-3 text-muted">
        <span role="status" className="min-w-0 flex-1 truncate">{isTruncated ? t('runs.log.newest', { summary }) : summary}</span>
      </p>
      <div ref={box} className="min-h-0 flex-1 overflow-auto">
        <ul className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => <Row key={index} match={matches[index]} start={start} marked={marked} onChoose={(match) => { onChoose(match, index); }} />)}
        </ul>
      </div>
    </section>
  );
}

function Row({ match, start, marked, onChoose }: { match: LogMatch | undefined; start: number; marked: string; onChoose: (match: LogMatch) => void }): ReactNode {
  if (match === undefined) return null;
  return (
    <li className="row-line absolute inset-x-0 top-0" style={{ transform: `translateY(${start}px)` }}>
      <button type="button" title={match.text.slice(0, 2_000)} onClick={() => { onChoose(match); }} className="flex size-full items-center gap-3 px-3 text-left hover:bg-hover">
        <span className="tabular w-12 shrink-0 text-right text-xs text-muted">{formatNumber(match.line)}</span>
        <span className="min-w-0 truncate font-mono text-sm"><MarkedText text={toExcerpt(match.text, marked)} marked={marked} /></span>
      </button>
    </li>
  );
}

const BEFORE_MATCH = 24;

/** The part of a line around its first match, so that the match is in sight in a narrow list. */
function toExcerpt(text: string, marked: string): string {
  const at = text.toLowerCase().indexOf(marked.toLowerCase());
  return at <= BEFORE_MATCH ? text.trimStart().slice(0, 500) : `…${text.slice(at - BEFORE_MATCH, at + 500)}`;
}
