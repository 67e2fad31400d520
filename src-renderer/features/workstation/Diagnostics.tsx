import { RefreshCw } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DoctorCheck, SystemStatus } from '#contract/system.ts';
import { useApp } from '../../app/appContext.tsx';
import { formatBytes, formatDuration, formatNumber } from '../../base/format.ts';
import { useNow } from '../../base/useNow.ts';
import { toProblem } from '../../client/problems.ts';
import type { Problem } from '../../client/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { DoctorTable } from './DoctorTable.tsx';

interface Findings { status: SystemStatus; checks: readonly DoctorCheck[] }

/** What the backend says about itself, and what this machine has. */
export function Diagnostics(): ReactNode {
  const { t } = useTranslation();
  const { findings, problem, isAsking, ask } = useFindings();
  const again = <Button size="sm" isBusy={isAsking} icon={<RefreshCw size={13} aria-hidden />} onClick={ask}>{t('workstation.refresh')}</Button>;
  return (
    <div className="mx-auto flex max-w-230 flex-col gap-5">
      {problem ? <ErrorNote problem={problem} actions={again} /> : null}
      {findings === null && problem === null ? <Waiting label={t('workstation.reading')} /> : null}
      {findings ? (
        <>
          <section aria-labelledby="diagnostics-backend">
            <div className="flex items-center justify-between pb-1.5"><h2 id="diagnostics-backend" className="font-medium">{t('workstation.backend')}</h2>{again}</div>
            <BackendFacts status={findings.status} />
          </section>
          <DoctorTable checks={findings.checks} />
        </>
      ) : null}
    </div>
  );
}

function useFindings(): { findings: Findings | null; problem: Problem | null; isAsking: boolean; ask: () => void } {
  const { t } = useTranslation();
  const { client } = useApp();
  const [findings, setFindings] = useState<Findings | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isAsking, setAsking] = useState(false);
  const ask = useCallback(() => {
    const read = async (): Promise<void> => {
      const [status, checks] = await Promise.all([client.system.status({}), client.system.doctor({})]);
      setFindings({ status, checks });
      setProblem(null);
    };
    setAsking(true);
    read().catch((error: unknown) => { setProblem(toProblem(error, t)); }).finally(() => { setAsking(false); });
  }, [client, t]);
  useEffect(ask, [ask]);
  return { findings, problem, isAsking, ask };
}

function BackendFacts({ status }: { status: SystemStatus }): ReactNode {
  const { t } = useTranslation();
  const nowMs = useNow(1_000);
  const { p50, p99, max } = status.eventLoopDelayMs;
  const schema = t('workstation.schema', { version: status.database.schemaVersion });
  return (
    <dl className="grid grid-cols-[10rem_minmax(0,1fr)] gap-x-4 rounded-md border border-line bg-panel px-4 py-2">
      <Fact label={t('workstation.version')}>{status.version} · {t(`workstation.shells.${status.shell}`)}</Fact>
      <Fact label={t('workstation.address')}>{status.address ?? t('workstation.noAddress')}</Fact>
      <Fact label={t('workstation.process')}>{status.pid} · {t('workstation.uptime')} {formatDuration(Math.max(1_000, nowMs - status.startedAtMs))} · {t('workstation.readyAfter')} {formatDuration(status.readyAfterMs)}</Fact>
      <Fact label={t('workstation.eventLoop')}>{t('workstation.eventLoopValue', { p50: formatNumber(p50, 1), p99: formatNumber(p99, 1), max: formatNumber(max, 1) })}</Fact>
      <Fact label={t('workstation.resident')}>{formatBytes(status.residentBytes)}</Fact>
      <Fact label={t('workstation.database')}>
        {status.database.isReadOnly ? <span className="text-error">{schema}, {t('workstation.readOnly')}</span> : schema}
        {status.database.keptAsidePath ? <span className="block text-stalled">{t('workstation.keptAside', { path: status.database.keptAsidePath })}</span> : null}
      </Fact>
      <Fact label={t('workstation.terminalHost')}><span className={status.terminalHost.state === 'down' ? 'text-error' : ''}>{t(`workstation.terminalHostState.${status.terminalHost.state}`)}</span>{status.terminalHost.pid === null ? null : ` · ${status.terminalHost.pid}`}</Fact>
      <PathFact label={t('workstation.home')} path={status.home} canReveal={status.capabilities.reveal} />
      <PathFact label={t('workstation.log')} path={status.logPath} canReveal={status.capabilities.reveal} />
      <Fact label={t('workstation.platform')}>{status.platform}</Fact>
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <>
      <dt className="py-0.5 text-muted">{label}</dt>
      <dd className="tabular min-w-0 py-0.5 break-words">{children}</dd>
    </>
  );
}

function PathFact({ label, path, canReveal }: { label: string; path: string; canReveal: boolean }): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const reveal = (): void => { client.system.reveal({ path }).catch(toastError); };
  return (
    <Fact label={label}>
      <span className="flex items-center gap-2">
        <span className="min-w-0 font-mono text-xs break-all">{path}</span>
        {canReveal ? <Button size="sm" onClick={reveal}>{t('workstation.reveal')}</Button> : null}
      </span>
    </Fact>
  );
}
