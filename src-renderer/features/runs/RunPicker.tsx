import type { TFunction } from 'i18next';
import { useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Run } from '#contract/runs.ts';
import { useApp } from '../../app/appContext.tsx';
import { formatAbsolute } from '../../base/format.ts';
import { Select } from '../../ui/Select.tsx';
import { listRuns } from './runStore.ts';

/** Which run's log is shown: all kept runs of the same instance, newest first. */
export function RunPicker({ runId, onPick }: { runId: string; onPick: (runId: string) => void }): ReactNode {
  const { t } = useTranslation();
  const runs = useRunsBeside(runId);
  const options = runs.map((run) => ({ value: run.id, label: `${t(`runs.phase.${run.phase}`)}, ${formatAbsolute(run.createdAtMs)}`, hint: toOutcome(run, t) }));
  return (
    <span className="w-72 min-w-40">
      <Select label={t('runs.pick')} isLabelHidden value={runId} options={options} onChange={onPick} placeholder={t('runs.unknown')} className="h-7" />
    </span>
  );
}

function toOutcome({ endedAtMs, cause, exitCode, signal }: Run, t: TFunction): string {
  if (endedAtMs === null) return t('runs.running');
  if (cause !== null) return t(`instances.cause.${cause}.word`);
  return signal !== null && signal > 0 ? t('runs.signal', { signal }) : t('runs.exit', { code: exitCode ?? '–' });
}

/** The runs of the same instance: those of the live list and, once read, the older ones. */
function useRunsBeside(runId: string): Run[] {
  const { client, stores, toastError } = useApp();
  const byId = useStore(stores.runs, (state) => state.byId);
  const [older, setOlder] = useState<readonly Run[]>([]);
  const instanceId = (byId[runId] ?? older.find(({ id }) => id === runId))?.instanceId ?? null;

  useEffect(() => {
    const ending = new AbortController();
    readBeside().then((read) => { if (!ending.signal.aborted) setOlder(read); }, (error: unknown) => { if (!ending.signal.aborted) toastError(error); });
    return () => { ending.abort(); };

    async function readBeside(): Promise<Run[]> {
      const owner = instanceId ?? (await client.runs.get({ run: runId })).instanceId;
      return client.runs.list({ instance: owner, limit: 200 });
    }
  }, [client, toastError, runId, instanceId]);

  return useMemo(() => {
    const live = instanceId === null ? [] : listRuns({ isReady: true, byId }, instanceId);
    const known = new Map([...older, ...live].map((run) => [run.id, run]));
    return [...known.values()].toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  }, [byId, older, instanceId]);
}
