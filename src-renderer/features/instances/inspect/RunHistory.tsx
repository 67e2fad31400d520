import { FileText } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '#contract/instances.ts';
import type { Run } from '#contract/runs.ts';
import { useApp } from '../../../app/appContext.tsx';
import { requestPanel } from '../../../app/viewStore.ts';
import { formatAbsolute, formatDuration } from '../../../base/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { useRelative } from '../useDuration.ts';
import { Section } from './Section.tsx';

const SHOWN_RUNS = 20;

/** The last runs: when, how long, and how each ended. Read again whenever the instance's run or status changes. */
export function RunHistory({ instance: { id, runId, status } }: { instance: Instance }): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const [runs, setRuns] = useState<readonly Run[] | null>(null);
  useEffect(() => {
    const asking = new AbortController();
    client.runs.list({ instance: id, limit: SHOWN_RUNS }, { signal: asking.signal }).then(setRuns, (error: unknown) => { if (!asking.signal.aborted) toastError(error); });
    return () => { asking.abort(); };
  }, [client, toastError, id, runId, status]);
  return (
    <Section title={t('instances.inspector.runs')}>
      {runs !== null && runs.length === 0 ? <p className="text-muted">{t('instances.inspector.noRuns')}</p> : null}
      <ul className="flex flex-col">{(runs ?? []).map((run) => <RunLine key={run.id} run={run} />)}</ul>
    </Section>
  );
}

function RunLine({ run }: { run: Run }): ReactNode {
  const { t } = useTranslation();
  const { view } = useApp();
  const since = useRelative(run.createdAtMs);
  const isFailed = run.cause !== null || (run.exitCode !== null && run.exitCode !== 0);
  return (
    <li className="row-line flex items-center gap-2">
      <span className="w-12 shrink-0 text-muted">{t(run.phase === 'install' ? 'instances.inspector.runInstall' : 'instances.inspector.runRun')}</span>
      <span className="tabular w-22 shrink-0" title={formatAbsolute(run.createdAtMs)}>{since}</span>
      <span className={`min-w-0 flex-1 truncate ${isFailed ? 'text-error' : 'text-muted'}`} title={run.causeEvidence ?? undefined}>{endOf(run)}</span>
      <span className="tabular shrink-0 text-muted">{run.endedAtMs === null ? '' : formatDuration(run.endedAtMs - run.createdAtMs)}</span>
      <IconButton size="sm" label={t('instances.inspector.showLog')} icon={<FileText size={13} />} onClick={() => { requestPanel(view, { kind: 'log', runId: run.id }); }} />
    </li>
  );

  function endOf({ endedAtMs, cause, exitCode, signal }: Run): string {
    if (endedAtMs === null) return t('instances.inspector.runNow');
    if (cause !== null) return t(`instances.cause.${cause}.word`);
    if (signal !== null && signal !== 0) return t('instances.inspector.runSignal', { signal });
    return t('instances.inspector.runExit', { code: exitCode ?? '–' });
  }
}
