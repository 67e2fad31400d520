import { ArrowDownToLine, Copy, WrapText } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import { useView } from '../../app/views.ts';
import { useScale } from '../../app/zoom.ts';
import { copyText } from '../../base/clipboard.ts';
import { toProblem } from '../../client/problems.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { LogSearchField } from './LogSearchField.tsx';
import { LogMatchList } from './LogMatchList.tsx';
import { MarkedText } from './MarkedText.tsx';
import { RunPicker } from './RunPicker.tsx';
import { useLogSearch } from './useLogSearch.ts';
import type { LogMatch } from './useLogSearch.ts';
import { useRunLog } from './useRunLog.ts';
import type { RunLog } from './useRunLog.ts';
import { VirtualLines } from './VirtualLines.tsx';
import type { VirtualLinesHandle } from './VirtualLines.tsx';

/** The log of a run, live while it runs; other runs of the same instance can be picked. */
export function LogView({ runId }: { runId: string }): ReactNode {
  const [pickedId, setPickedId] = useState(runId);
  const [base, setBase] = useState(runId);
  if (base !== runId) {
    setBase(runId);
    setPickedId(runId);
  }
  return <OneLog key={pickedId} runId={pickedId} onPick={setPickedId} />;
}

function OneLog({ runId, onPick }: { runId: string; onPick: (runId: string) => void }): ReactNode {
  const { t } = useTranslation();
  const { stores, toast, toastError } = useApp();
  const scale = useScale();
  const log = useRunLog(runId);
  const isLive = useStore(stores.runs, ({ byId }) => byId[runId]?.endedAtMs === null);
  const [isWrapped, setWrapped] = useView('runs.isLogWrapped', z.boolean(), false);
  const [isFollowing, setFollowing] = useState(true);
  const [search, setSearch] = useState('');
  const [markedIndex, setMarkedIndex] = useState<number | null>(null);
  const found = useLogSearch(runId, search);
  const lines = useRef<VirtualLinesHandle>(null);

  const goTo = (match: LogMatch, at: number): void => {
    const later = (found?.matches ?? []).slice(at + 1).filter(({ text }) => text === match.text).length;
    const index = log.lines.findFromEnd(match.text, later);
    if (index < 0) { toast({ tone: 'idle', title: t('runs.log.notShown'), text: t('runs.log.notShownWhy') }); return; }
    setFollowing(false);
    setMarkedIndex(index);
    lines.current?.scrollTo(index);
  };
  const copy = (): void => {
    copyText(log.lines.toText()).then(() => { toast({ tone: 'ok', title: t('runs.log.copied') }); }, toastError);
  };
  return (
    <div className="flex h-full min-h-0 flex-col" onKeyDown={findByKey}>
      <div className="flex h-9 shrink-0 items-center gap-2 border-b border-line bg-panel px-2">
        <RunPicker runId={runId} onPick={onPick} />
        <LogSearchField value={search} onChange={setSearch} />
        <span className="ml-auto flex items-center gap-1">
          <IconButton size="sm" label={t('runs.log.wrap')} isPressed={isWrapped} icon={<WrapText size={15} aria-hidden />} onClick={() => { setWrapped(!isWrapped); }} />
          <IconButton size="sm" label={t('runs.log.copy')} icon={<Copy size={14} aria-hidden />} onClick={copy} />
          <IconButton size="sm" label={t(isLive ? 'runs.log.follow' : 'runs.log.toEnd')} isPressed={isFollowing} icon={<ArrowDownToLine size={15} aria-hidden />} onClick={() => { setFollowing(!isFollowing); }} />
        </span>
      </div>
      <div className="flex min-h-0 flex-1">
        <div className="min-w-0 flex-1">
          <LogBody log={log}>
            <VirtualLines ref={lines} label={t('runs.log.lines')} count={log.lines.count} renderLine={(index) => <MarkedText text={log.lines.at(index)} marked={search} />} longest={log.lines.longest} scale={scale} isWrapped={isWrapped} isFollowing={isFollowing} onFollow={setFollowing} markedIndex={markedIndex} />
          </LogBody>
        </div>
        {found ? <LogMatchList found={found} onChoose={goTo} marked={search} /> : null}
      </div>
    </div>
  );
}

/** Ctrl F brings the focus to the log's search wherever it is in the log. */
function findByKey(event: KeyboardEvent<HTMLElement>): void {
  if (!(event.ctrlKey || event.metaKey) || event.key !== 'f') return;
  event.preventDefault();
  event.currentTarget.querySelector<HTMLInputElement>('[data-log-search]')?.select();
}

function LogBody({ log, children }: { log: RunLog; children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const problem = useMemo(() => (log.error === null ? null : toProblem(log.error, t)), [log.error, t]);
  if (problem) return <div className="p-3"><ErrorNote problem={problem} /></div>;
  if (!log.isReady) return <Waiting label={t('runs.log.reading')} />;
  if (log.lines.count === 0) return <p className="p-3 text-muted">{t('runs.log.empty')}</p>;
  return (
    <div className="flex h-full min-h-0 flex-col">
      {log.isTruncated ? <p className="shrink-0 border-b border-line px-3 py-1 text-xs text-muted">{t('runs.log.truncated')}</p> : null}
      <div className="min-h-0 flex-1">{children}</div>
    </div>
  );
}
